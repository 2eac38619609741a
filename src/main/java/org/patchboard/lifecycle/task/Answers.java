package org.patchboard.lifecycle.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;

/** What a person answered, checked against what was asked. */
public final class Answers {

    /** The engine keeps no longer text as a variable. */
    private static final int LONGEST = 4_000;

    private final Map<String, Object> values;

    private Answers(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Checks the answers against the fields.
     *
     * @throws Refusal with the field's own sentence when a required answer is missing, of a wrong type or not a choice
     */
    public static Answers of(List<Field> fields, Map<String, ? extends @Nullable Object> given) {
        var values = new HashMap<String, Object>();
        for (var field : fields) {
            var answer = given.get(field.key());
            var text = answer instanceof String string ? string.strip() : null;
            if (answer == null || text != null && text.isEmpty()) {
                if (field.missing() != null) {
                    throw Refusal.incomplete(field.missing());
                }
                continue;
            }
            values.put(field.key(), checked(field, text == null ? answer : text));
        }
        return new Answers(values);
    }

    private static Object checked(Field field, Object answer) {
        return switch (field.kind()) {
            case TEXT -> {
                if (!(answer instanceof String text) || text.length() > LONGEST || text.indexOf('\0') >= 0) {
                    throw Refusal.incomplete(
                            "\"%s\" takes a text of at most %d characters.".formatted(field.key(), LONGEST));
                }
                yield text;
            }
            case CHOICE -> {
                if (!(answer instanceof String choice) || !field.choices().contains(choice)) {
                    throw Refusal.incomplete(
                            "\"%s\" takes one of %s.".formatted(field.key(), String.join(", ", field.choices())));
                }
                yield choice;
            }
            case YES_NO -> {
                if (!(answer instanceof Boolean yes)) {
                    throw Refusal.incomplete("\"%s\" takes yes or no.".formatted(field.key()));
                }
                yield yes;
            }
            case NUMBER -> {
                if (answer instanceof Number number) {
                    yield number.doubleValue();
                }
                try {
                    yield Double.valueOf(answer.toString());
                } catch (NumberFormatException e) {
                    throw Refusal.incomplete("\"%s\" takes a number.".formatted(field.key()));
                }
            }
        };
    }

    /** The text or choice, empty string when it was left out. */
    public String text(String key) {
        return (String) values.getOrDefault(key, "");
    }

    public boolean yes(String key) {
        return Boolean.TRUE.equals(values.get(key));
    }

    public Optional<Double> number(String key) {
        return Optional.ofNullable((Double) values.get(key));
    }
}
