package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.patchboard.shared.ChangeId;

class ReviewsTest {

    @Test
    void drawsAboutOneInTwentyAndAlwaysTheSame() {
        var drawn = IntStream.range(0, 20_000)
                .mapToObj("CHG-%06d"::formatted)
                .map(ChangeId::new)
                .filter(Reviews::isSampled)
                .toList();
        assertThat(drawn).hasSizeBetween(900, 1_100);
        assertThat(drawn).allMatch(Reviews::isSampled);
    }

    @Test
    void countsNoSaturdayAndNoSunday() {
        var thursday = Instant.parse("2026-11-19T10:00:00Z");
        assertThat(Reviews.businessDays(thursday, 5, ZoneId.of("UTC")))
                .isEqualTo(Instant.parse("2026-11-26T10:00:00Z"));
    }

    @Test
    void keepsTheTimeOfDayWhenTheClocksChange() {
        var friday = Instant.parse("2027-03-26T09:00:00Z");
        assertThat(Reviews.businessDays(friday, 1, ZoneId.of("Europe/Berlin")))
                .isEqualTo(Instant.parse("2027-03-29T08:00:00Z"));
    }
}
