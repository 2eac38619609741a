package org.patchboard.risk;

import java.util.regex.Pattern;

/**
 * Number of a proposal to change a policy, as people say it: {@code POL-000042}. Never reused.
 *
 * @param value {@code POL-} and at least six digits
 */
public record ProposalId(String value) {

    private static final Pattern SHAPE = Pattern.compile("POL-[0-9]{6,}");

    public ProposalId {
        if (!isOne(value)) {
            throw new IllegalArgumentException("not the number of a proposal: " + value);
        }
    }

    public static boolean isOne(String text) {
        return SHAPE.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
