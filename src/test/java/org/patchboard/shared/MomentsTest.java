package org.patchboard.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MomentsTest {

    private static final Instant WINTER = Instant.parse("2026-11-21T13:13:59Z");

    @Test
    void saysATimeWithTheNameOfItsZone() {
        var berlin = ZoneId.of("Europe/Berlin");
        assertThat(Moments.utc(WINTER)).isEqualTo("2026-11-21 13:13 UTC");
        assertThat(Moments.in(berlin, WINTER)).isEqualTo("21 Nov 2026, 14:13 CET");
        assertThat(Moments.in(berlin, Instant.parse("2026-07-01T00:00:00Z"))).isEqualTo("1 Jul 2026, 02:00 CEST");
    }

    /** Java 17 shows it only where the names were never loaded before: without the lock this fails one time in three alone. */
    @Test
    void saysTheNameWhoeverElseAsksInTheSameMoment() throws InterruptedException {
        var wanted = new TreeMap<>(Map.of(
                "America/Chicago", "CST",
                "America/Denver", "MST",
                "America/New_York", "EST",
                "Europe/Athens", "EET",
                "Europe/Berlin", "CET",
                "Europe/London", "GMT",
                "Europe/Paris", "CET"));
        var threads = Executors.newFixedThreadPool(16);
        for (int i = 0; i < 16; i++) {
            threads.execute(() -> {
                wanted.keySet().forEach(MomentsTest::nameOf);
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(wanted.keySet()).allSatisfy(zone -> assertThat(nameOf(zone)).isEqualTo(wanted.get(zone)));
    }

    private static String nameOf(String zone) {
        var said = Moments.in(ZoneId.of(zone), WINTER);
        return said.substring(said.lastIndexOf(' ') + 1);
    }
}
