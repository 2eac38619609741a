package org.patchboard.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.shared.Refusal;

class OccurrencesTest {

    private static final String BERLIN = "Europe/Berlin";

    @Test
    void refusesAStartThatTheNightSkips() {
        assertThatThrownBy(() -> draft(BERLIN, "2027-03-28T02:30", "PT1H", null))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void takesTheEarlierOfAStartThatComesTwice() {
        assertThat(between(
                        draft(BERLIN, "2027-10-31T02:30", "PT2H", null),
                        "2027-10-30T00:00:00Z",
                        "2027-11-01T00:00:00Z"))
                .extracting(Occurrence::start)
                .containsExactly(Instant.parse("2027-10-31T00:30:00Z"));
    }

    @Test
    void aNightLastsTwoHoursInMarchAndFourInOctober() {
        var nightly = draft(BERLIN, "2027-01-01T01:00", "PT3H", "FREQ=DAILY");
        assertThat(between(nightly, "2027-03-27T12:00:00Z", "2027-03-28T12:00:00Z"))
                .extracting(Occurrence::length)
                .containsExactly(Duration.ofHours(2));
        assertThat(between(nightly, "2027-10-30T12:00:00Z", "2027-10-31T12:00:00Z"))
                .extracting(Occurrence::length)
                .containsExactly(Duration.ofHours(4));
        assertThat(between(nightly, "2027-06-01T12:00:00Z", "2027-06-02T12:00:00Z"))
                .extracting(Occurrence::length)
                .containsExactly(Duration.ofHours(3));
    }

    @Test
    void staysAtItsHourOverDaylightSaving() {
        var sundays = draft(BERLIN, "2027-03-21T22:00", "PT2H", "FREQ=WEEKLY;BYDAY=SU");
        assertThat(between(sundays, "2027-03-20T00:00:00Z", "2027-04-05T00:00:00Z"))
                .extracting(Occurrence::start)
                .containsExactly(
                        Instant.parse("2027-03-21T21:00:00Z"),
                        Instant.parse("2027-03-28T20:00:00Z"),
                        Instant.parse("2027-04-04T20:00:00Z"));
    }

    @Test
    void anOccurrenceInTheGapMovesForwardByIt() {
        var nightly = draft(BERLIN, "2027-03-20T02:30", "PT3H", "FREQ=DAILY");
        assertThat(between(nightly, "2027-03-28T00:00:00Z", "2027-03-28T12:00:00Z"))
                .singleElement()
                .satisfies(night -> {
                    assertThat(night.start()).isEqualTo(Instant.parse("2027-03-28T01:30:00Z"));
                    assertThat(night.end()).isEqualTo(Instant.parse("2027-03-28T03:30:00Z"));
                });
    }

    @Test
    void aWindowThatTheGapSwallowsDoesNotOpen() {
        var nightly = draft(BERLIN, "2027-03-20T02:15", "PT1H", "FREQ=DAILY");
        assertThat(between(nightly, "2027-03-27T12:00:00Z", "2027-03-28T12:00:00Z"))
                .allSatisfy(night -> assertThat(night.length()).isPositive());
    }

    @Test
    void leavesOutWhatIsExcepted() {
        var daily = new EntryDraft(
                "w",
                BERLIN,
                LocalDateTime.parse("2027-01-01T22:00"),
                Duration.ofHours(1),
                "FREQ=DAILY",
                List.of(LocalDateTime.parse("2027-01-02T22:00")),
                Scope.all(),
                List.of());
        assertThat(between(daily, "2027-01-01T00:00:00Z", "2027-01-04T00:00:00Z"))
                .hasSize(2);
    }

    @Test
    void endsAtUntilWhetherWrittenInUtcOrLocallyOrAsADay() {
        for (var until : new String[] {"20270103T210000Z", "20270103T220000", "20270103"}) {
            var daily = draft(BERLIN, "2027-01-01T22:00", "PT1H", "FREQ=DAILY;UNTIL=" + until);
            assertThat(between(daily, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"))
                    .as(until)
                    .hasSize(3);
        }
    }

    @Test
    void theLastWeekOfTheMonthIsNotLost() {
        var last = draft("America/New_York", "2027-01-29T23:00", "PT4H", "FREQ=MONTHLY;BYDAY=-1FR");
        assertThat(between(last, "2027-01-01T00:00:00Z", "2028-01-01T12:00:00Z"))
                .hasSize(12);
    }

    @Test
    void patchTuesdayIsTheSecond() {
        var second = draft("UTC", "2027-01-12T20:00", "PT4H", "FREQ=MONTHLY;BYDAY=2TU");
        assertThat(between(second, "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"))
                .extracting(Occurrence::start)
                .containsExactly(Instant.parse("2027-02-09T20:00:00Z"));
    }

    @Test
    void findsTheOneThatHasBegun() {
        var once = draft("UTC", "2027-01-12T20:00", "PT4H", null);
        assertThat(between(once, "2027-01-12T23:00:00Z", "2027-01-12T23:01:00Z"))
                .hasSize(1);
        assertThat(between(once, "2027-01-13T00:00:00Z", "2027-01-13T01:00:00Z"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "every sunday",
                "FREQ=SECONDLY",
                "FREQ=HOURLY",
                "FREQ=DAILY;BYMINUTE=1,2,3",
                "FREQ=WEEKLY;BYDAY=MO",
                "FREQ=WEEKLY;BYDAY=XX",
                "FREQ=WEEKLY\nBYDAY=SU",
                "INTERVAL=2"
            })
    void refusesARuleThatIsNoneOrDoesNotFallOnTheStart(String rule) {
        assertThatThrownBy(() -> draft(BERLIN, "2027-03-21T22:00", "PT2H", rule))
                .isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Olympus", "+02:00", "GMT+2", ""})
    void refusesAZoneThatDaylightSavingWouldMove(String zone) {
        assertThatThrownBy(() -> draft(zone, "2027-03-21T22:00", "PT2H", null)).isInstanceOf(Refusal.class);
    }

    private static EntryDraft draft(String zone, String start, String duration, @Nullable String rule) {
        return new EntryDraft(
                "window",
                zone,
                LocalDateTime.parse(start),
                Duration.parse(duration),
                rule,
                List.of(),
                Scope.all(),
                List.of());
    }

    private static List<Occurrence> between(EntryDraft draft, String from, String to) {
        return new CalendarEntry(1, "window", draft).between(Instant.parse(from), Instant.parse(to));
    }
}
