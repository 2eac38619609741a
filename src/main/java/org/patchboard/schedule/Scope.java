package org.patchboard.schedule;

import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;

/**
 * Which assets a window or freeze is about.
 *
 * @param value maintenance group, tag or asset name; null when it is about all
 */
public record Scope(Kind kind, @Nullable String value) {

    public enum Kind {
        ALL("all"),
        MAINTENANCE_GROUP("maintenance-group"),
        TAG("tag"),
        ASSET("asset");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As the table writes it. */
        public String word() {
            return word;
        }

        static Kind of(String word) {
            for (var kind : values()) {
                if (kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("not a scope: " + word);
        }
    }

    public Scope {
        if ((kind == Kind.ALL) != (value == null) || value != null && value.isBlank()) {
            throw Refusal.incomplete(
                    "A scope is all, or names one of maintenanceGroup, tag and asset, and never more than one.");
        }
    }

    public static Scope all() {
        return new Scope(Kind.ALL, null);
    }

    public static Scope maintenanceGroup(String group) {
        return new Scope(Kind.MAINTENANCE_GROUP, group);
    }

    public static Scope tag(String tag) {
        return new Scope(Kind.TAG, tag);
    }

    public static Scope asset(String name) {
        return new Scope(Kind.ASSET, name);
    }

    @Override
    public String toString() {
        return value == null ? "everything" : kind.word() + " " + value;
    }
}
