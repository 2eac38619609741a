package org.patchboard.shared;

import java.util.regex.Pattern;

/**
 * Number of a change record, as people say it: {@code CHG-000042}. Never reused.
 *
 * @param value {@code CHG-} and at least six digits
 */
public record ChangeId(String value) {

    private static final Pattern SHAPE = Pattern.compile("CHG-[0-9]{6,}");

    public ChangeId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a change number: " + value);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
