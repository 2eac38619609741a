package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {

    private final Times times = new Times(ZoneId.of("UTC"), Clock.systemUTC());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FREQ=DAILY | every day",
                "FREQ=WEEKLY;BYDAY=TU,TH | every week on Tuesday, Thursday",
                "FREQ=MONTHLY;BYDAY=1SA | every month on first Saturday",
                "FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20271231T000000Z | every month on last Sunday until 2027-12-31",
                "FREQ=WEEKLY;INTERVAL=2 | FREQ=WEEKLY;INTERVAL=2"
            })
    void saysARecurrenceInWordsAndNeverSomethingElse(String rule, String words) {
        assertThat(times.recurrence(rule)).isEqualTo(words);
    }

    @Test
    void saysLengthsInTheUnitPeopleUse() {
        assertThat(times.length(Duration.ofMinutes(30))).isEqualTo("30 min");
        assertThat(times.length(Duration.ofHours(4))).isEqualTo("4 h");
        assertThat(times.length(Duration.ofDays(3))).isEqualTo("3 days");
        assertThat(times.recurrence(null)).isEqualTo("once");
    }
}
