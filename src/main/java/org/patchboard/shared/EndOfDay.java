package org.patchboard.shared;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** A day as people name a limit by it: what ends on a day ends with it. */
public final class EndOfDay {

    private EndOfDay() {}

    /**
     * The last second of a day.
     *
     * @param day such as 2027-01-31
     * @throws java.time.format.DateTimeParseException when it is no day
     */
    public static Instant of(String day, ZoneId zone) {
        return LocalDate.parse(day).plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1);
    }
}
