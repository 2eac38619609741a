package org.patchboard.advisory;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.MalformedInput;
import us.springett.cvss.Cvss;

/** How feeds write things, read strictly. */
final class FeedText {

    private static final Pattern ZONED = Pattern.compile(".*(Z|[+-][0-9]{2}:?[0-9]{2})");

    /** Items left out that are named one by one. */
    private static final int NAMED = 1_000;

    private FeedText() {}

    static String cve(@Nullable String id, String place) {
        return cve(id, () -> place);
    }

    /** @param place asked for only when this is none */
    static String cve(@Nullable String id, Supplier<String> place) {
        if (id == null || !isCve(id)) {
            throw new MalformedInput(place.get(), "not a CVE id: " + id);
        }
        return id;
    }

    /** {@code CVE-2024-6387}: four digits and four to nineteen; asked for each of some hundred thousand lines. */
    private static boolean isCve(String id) {
        return id.length() >= 13
                && id.length() <= 28
                && id.startsWith("CVE-")
                && id.charAt(8) == '-'
                && areDigits(id, 4, 8)
                && areDigits(id, 9, id.length());
    }

    private static boolean areDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    static LocalDate date(String text, String place) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new MalformedInput(place, "not a date: " + text, e);
        }
    }

    /** NVD and the CVE list write times without a zone, too, and mean UTC. */
    static @Nullable Instant instant(@Nullable String text, String place) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(ZONED.matcher(text).matches() ? text : text + "Z")
                    .toInstant();
        } catch (DateTimeParseException e) {
            throw new MalformedInput(place, "not a time: " + text, e);
        }
    }

    /** Computed from the vector (FIRST CVSS v3.1 and v4.0 specifications); the file's own number is not trusted. */
    static @Nullable Double score(@Nullable String vector, String place) {
        if (vector == null) {
            return null;
        }
        try {
            var cvss = Cvss.fromVector(vector);
            if (cvss != null) {
                return cvss.calculateScore().getBaseScore();
            }
        } catch (RuntimeException e) {
            throw new MalformedInput(place, "not a CVSS vector: " + vector, e);
        }
        throw new MalformedInput(place, "not a CVSS vector: " + vector);
    }

    static void reject(List<String> rejected, String reason) {
        if (rejected.size() < NAMED) {
            rejected.add(reason);
        } else if (rejected.size() == NAMED) {
            rejected.add("and more");
        }
    }

    static List<String> rejects() {
        return new ArrayList<>();
    }
}
