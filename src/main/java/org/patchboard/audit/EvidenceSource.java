package org.patchboard.audit;

import java.util.stream.Stream;
import org.patchboard.shared.ChangeId;

/** Something that has evidence of a change. Every bean of this kind is asked when a change is sealed. */
public interface EvidenceSource {

    /** @param path inside the bundle, relative, letters, digits, dots, dashes and slashes */
    record Item(String path, byte[] content) {}

    /** The evidence as it stands now, in an order that does not change. */
    Stream<Item> of(ChangeId change);
}
