package org.patchboard.shared;

import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The order a caller wants a list in: {@code name} or {@code name,desc}. */
public final class Sorting {

    private Sorting() {}

    /**
     * The SQL to order by. What a caller writes is only ever looked up, never put into a statement.
     *
     * @param wanted as the caller wrote it; null for the list's own order
     * @param columns SQL of ours by the names a caller may use
     * @param tie SQL of ours that orders what is equal, so that pages neither overlap nor leave gaps
     * @throws Refusal when the list cannot be sorted so
     */
    public static String by(@Nullable String wanted, String usual, Map<String, String> columns, String tie) {
        var words = (wanted == null || wanted.isBlank() ? usual : wanted).split(",", 2);
        var column = columns.get(words[0].strip());
        var direction = words.length == 1 ? "asc" : words[1].strip();
        if (column == null || !(direction.equals("asc") || direction.equals("desc"))) {
            throw Refusal.incomplete("sort is one of %s, with \",desc\" behind it for the other way round."
                    .formatted(String.join(", ", new TreeSet<>(columns.keySet()))));
        }
        return " order by %s %s nulls last, %s".formatted(column, direction, tie);
    }
}
