package org.patchboard.shared;

import java.util.List;

/**
 * What an import did. The same file again is all unchanged.
 *
 * @param rejected items left out, each with its place and the reason; a malformed file is refused whole instead
 */
public record ImportCounts(long read, long created, long updated, long unchanged, List<String> rejected) {

    public ImportCounts {
        rejected = List.copyOf(rejected);
    }
}
