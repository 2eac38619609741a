package org.patchboard.web;

import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What readers call people and groups, read once for a page and only when it asks. */
public final class Names {

    private final Supplier<Map<String, String>> source;
    private @Nullable Map<String, String> known;

    Names(Supplier<Map<String, String>> source) {
        this.source = source;
    }

    /** The name of a person or a group; whatever is neither, such as a part of the product, as it is written. */
    public String of(@Nullable String id) {
        if (id == null) {
            return "";
        }
        if (known == null) {
            known = source.get();
        }
        return known.getOrDefault(id, id);
    }

    public String all(Collection<String> ids) {
        return ids.stream().map(this::of).collect(Collectors.joining(", "));
    }
}
