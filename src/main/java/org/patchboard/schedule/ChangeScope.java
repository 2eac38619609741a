package org.patchboard.schedule;

import java.util.Collection;
import java.util.List;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/** The assets that a change touches. */
public record ChangeScope(ChangeId change, Collection<AssetId> assets) {

    public ChangeScope {
        assets = List.copyOf(assets);
        if (assets.isEmpty()) {
            throw new IllegalArgumentException("a change touches at least one asset");
        }
    }

    Long[] keys() {
        return assets.stream().map(AssetId::value).toArray(Long[]::new);
    }
}
