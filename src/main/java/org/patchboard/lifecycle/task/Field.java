package org.patchboard.lifecycle.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing a person is asked in a task; the form shows it under the same key.
 *
 * @param key the form's key, camel case
 * @param kind what may be answered
 * @param choices allowed answers of a choice, else empty
 * @param missing the sentence shown when a required answer is missing; null when it may be left out
 */
public record Field(
        String key,
        Kind kind,
        List<String> choices,
        @Nullable String missing) {

    public enum Kind {
        TEXT,
        YES_NO,
        NUMBER,
        CHOICE
    }

    public Field {
        choices = List.copyOf(choices);
    }

    public static Field text(String key) {
        return new Field(key, Kind.TEXT, List.of(), null);
    }

    public static Field yesNo(String key) {
        return new Field(key, Kind.YES_NO, List.of(), null);
    }

    public static Field number(String key) {
        return new Field(key, Kind.NUMBER, List.of(), null);
    }

    public static Field choice(String key, String... choices) {
        return new Field(key, Kind.CHOICE, List.of(choices), null);
    }

    /** @param sentence what the person reads when the answer is missing: "Say why the change is refused." */
    public Field required(String sentence) {
        return new Field(key, kind, choices, sentence);
    }
}
