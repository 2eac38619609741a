package org.patchboard.risk;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An obligation as data, so that last year's change is judged by last year's rule.
 *
 * @param decision key of the table that yields days or months
 * @param citation standard and section; says "unconfirmed" where the primary text was not seen
 * @param clockStart {@code release}, {@code detection} or {@code listing-or-detection}
 * @param calendar {@code calendar-days} or {@code calendar-months}
 * @param validTo last day, or null while it is in force
 */
public record PolicyPack(
        String id,
        String title,
        String decision,
        String citation,
        String clockStart,
        String calendar,
        String action,
        List<String> evidence,
        List<String> supersedes,
        LocalDate validFrom,
        @Nullable LocalDate validTo) {

    public boolean isValidOn(LocalDate day) {
        return !day.isBefore(validFrom) && (validTo == null || !day.isAfter(validTo));
    }
}
