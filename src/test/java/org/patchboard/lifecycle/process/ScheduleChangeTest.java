package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.schedule.Booking;
import org.patchboard.schedule.Bookings;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** An approved plan on its way into a window, by the test's clock. */
@PatchboardTest
class ScheduleChangeTest {

    private static final Instant MONDAY = Instant.parse("2027-02-01T09:00:00Z");
    private static final Instant TUESDAY_NIGHT = Instant.parse("2027-02-02T22:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Bookings bookings;

    private Governed governed;
    private ProcessWalk walk;
    private String instance;

    @BeforeEach
    void approve() {
        clock.set(MONDAY);
        governed = new Governed(context).classified("authorizing", "normal", "high");
    }

    /** From Tuesday on, each night from 22:00 to 02:00. */
    private void nightly() {
        governed.window("2027-01-05T22:00", "PT4H", "FREQ=DAILY");
    }

    private void start() {
        governed.approved(people.someone("cab"), people.someone("cab"));
        governed.signedOff("pass");
        walk = new ProcessWalk(context, governed.change);
        instance = runtime.startProcessInstanceByKey(ScheduleChange.KEY, governed.change.value())
                .getId();
        walk.jobs();
    }

    private Booking booking() {
        return bookings.live(governed.change).orElseThrow();
    }

    private void look(Instant moment) {
        clock.set(moment);
        walk.timer("IntermediateEvent_LookDue");
    }

    private Object outcome() {
        walk.ends();
        return history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .variableName(ScheduleChange.SCHEDULING.name())
                .singleResult()
                .getValue();
    }

    private void decide(String decision) {
        walk.done(ScheduleChange.DECIDE_ON_HOLD, "change-manager", Map.of("decision", decision, "reason", "because"));
    }

    private void answer(String decision) {
        walk.doneBy(ScheduleChange.CONSENT_TO_WINDOW, governed.owner, Map.of("decision", decision, "comment", "so"));
    }

    @Test
    void takesTheFirstWindowAfterTheNoticeLooksTwiceAndGoes() {
        nightly();
        start();
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT);
        assertThat(governed.state()).isEqualTo("scheduled");
        assertThat(governed.told("window-booked")).contains(governed.owner);
        assertThat(context.getBean(Waiting.class).of(governed.change))
                .extracting(Waiting.WaitsFor::what)
                .containsExactly("Date: Day before, or window opens");
        assertThat(governed.invitation("window-booked")).contains("METHOD:REQUEST", "SEQUENCE:0");
        assertThat(walk.timerOf("IntermediateEvent_LookDue").getDuedate()).isEqualTo(TUESDAY_NIGHT.minus(DAY));
        look(TUESDAY_NIGHT.minus(DAY));
        assertThat(walk.timerOf("IntermediateEvent_LookDue").getDuedate()).isEqualTo(TUESDAY_NIGHT);
        look(TUESDAY_NIGHT.plusSeconds(20));
        assertThat(outcome()).isEqualTo("go");
        assertThat(booking().state()).isEqualTo("used");
        assertThat(governed.deeds()).contains("window-booked", "pre-flight-green", "window-used");
    }

    @Test
    void anEmergencyTakesTheWindowThatIsOpen() {
        governed.classified("authorizing", "emergency", "high");
        governed.window("2027-02-01T08:00", "PT6H", null);
        start();
        assertThat(booking().start()).isEqualTo(MONDAY);
        look(MONDAY.plusSeconds(5));
        assertThat(outcome()).isEqualTo("go");
    }

    @Test
    void theOwnerConsentsToAWindowThatIsNotTheOneWishedFor() {
        nightly();
        governed.wish(TUESDAY_NIGHT.toString());
        governed.freeze("2027-02-02T12:00", "PT24H");
        start();
        assertThat(bookings.live(governed.change)).isEmpty();
        assertThat(walk.summary(ScheduleChange.CONSENT_TO_WINDOW)).contains("2027-02-03 22:00", "2027-02-02 22:00");
        answer("consent");
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT.plus(DAY));
    }

    @Test
    void whatWasWishedForNeedsNoConsent() {
        nightly();
        governed.wish(TUESDAY_NIGHT.plus(DAY).minusSeconds(3600).toString());
        start();
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT.plus(DAY));
    }

    @Test
    void aRefusedWindowIsNotProposedAgain() {
        nightly();
        governed.wish(TUESDAY_NIGHT.toString());
        governed.freeze("2027-02-02T12:00", "PT24H");
        start();
        assertThatThrownBy(() ->
                        walk.doneBy(ScheduleChange.CONSENT_TO_WINDOW, governed.owner, Map.of("decision", "refuse")))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("Say why");
        answer("refuse");
        assertThat(walk.summary(ScheduleChange.CONSENT_TO_WINDOW)).contains("2027-02-04 22:00");
        answer("consent");
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT.plus(DAY).plus(DAY));
    }

    @Test
    void anOwnerWhoIsSilentHasNotConsented() {
        nightly();
        governed.wish(TUESDAY_NIGHT.toString());
        governed.freeze("2027-02-02T12:00", "PT24H");
        start();
        clock.set(TUESDAY_NIGHT.plus(DAY));
        walk.timer("BoundaryEvent_ProposalEnded");
        assertThat(bookings.of(governed.change)).isEmpty();
        assertThat(walk.summary(ScheduleChange.CONSENT_TO_WINDOW)).contains("2027-02-04 22:00");
    }

    @Test
    void withoutAWindowAChangeManagerDecides() {
        start();
        assertThat(walk.summary(ScheduleChange.DECIDE_ON_HOLD)).contains("No maintenance window covers all hosts");
        nightly();
        decide("look-again");
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT);
    }

    @Test
    void withoutAWindowItCanBePlannedAgain() {
        governed.window("2027-02-05T22:00", "PT30M", null);
        start();
        assertThat(walk.summary(ScheduleChange.DECIDE_ON_HOLD)).contains("The longest window has 0 h 30 min");
        decide("replan");
        assertThat(outcome()).isEqualTo("replan");
    }

    @Test
    void aFreezeThatComesUpHoldsTheChangeUntilItIsGone() {
        nightly();
        start();
        var freeze = governed.freeze("2027-02-02T12:00", "PT24H");
        look(TUESDAY_NIGHT.minus(DAY));
        assertThat(walk.summary(ScheduleChange.DECIDE_ON_HOLD)).contains(freeze.name());
        governed.thaw(freeze);
        decide("look-again");
        look(TUESDAY_NIGHT);
        assertThat(outcome()).isEqualTo("go");
    }

    @Test
    void aHeldChangeCanTakeTheNextWindow() {
        nightly();
        start();
        governed.freeze("2027-02-02T12:00", "PT24H");
        look(TUESDAY_NIGHT.minus(DAY));
        decide("next-window");
        assertThat(governed.told("window-cancelled")).contains(governed.owner);
        assertThat(governed.invitation("window-cancelled")).contains("METHOD:CANCEL", "SEQUENCE:1");
        answer("consent");
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT.plus(DAY));
        assertThat(booking().sequence()).isEqualTo(2);
    }

    @Test
    void aHeldChangeCanBePlannedAgainAndGivesItsWindowBack() {
        nightly();
        start();
        governed.freeze("2027-02-02T12:00", "PT24H");
        look(TUESDAY_NIGHT.minus(DAY));
        decide("replan");
        assertThat(outcome()).isEqualTo("replan");
        assertThat(bookings.live(governed.change)).isEmpty();
        assertThat(governed.told("window-cancelled")).contains(governed.owner);
    }

    @Test
    void aTimerThatFiresTooLateHasMissedItsWindowAndNothingStarts() {
        nightly();
        start();
        look(TUESDAY_NIGHT.minus(DAY));
        look(TUESDAY_NIGHT.plus(Duration.ofMinutes(225)));
        assertThat(bookings.of(governed.change))
                .singleElement()
                .extracting(Booking::state)
                .isEqualTo("missed");
        assertThat(governed.deeds()).contains("window-missed").doesNotContain("window-used");
        answer("consent");
        assertThat(booking().start()).isAfter(TUESDAY_NIGHT.plus(DAY));
        assertThat(walk.isOver()).isFalse();
    }

    @Test
    void aWindowThatIsOpenAlreadyIsProposedSoThatTheOwnerCanStillConsent() {
        governed.classified("authorizing", "emergency", "high");
        nightly();
        start();
        var nextNight = booking().start().plus(DAY).plus(Duration.ofMinutes(5));
        look(nextNight);
        assertThat(walk.timerOf("BoundaryEvent_ProposalEnded").getDuedate())
                .isEqualTo(nextNight.plus(Duration.ofHours(1)));
        assertThat(governed.deeds()).filteredOn("window-proposed"::equals).hasSize(2);
        answer("consent");
        assertThat(booking().start()).isEqualTo(nextNight.plus(Duration.ofHours(1)));
    }

    @Test
    void aWindowThatIsOverWhileTheChangeIsHeldIsMissed() {
        nightly();
        start();
        var freeze = governed.freeze("2027-02-02T12:00", "PT24H");
        look(TUESDAY_NIGHT.minus(DAY));
        clock.set(TUESDAY_NIGHT.plus(DAY));
        governed.thaw(freeze);
        decide("look-again");
        assertThat(bookings.of(governed.change))
                .singleElement()
                .extracting(Booking::state)
                .isEqualTo("missed");
        assertThat(walk.hasTask(ScheduleChange.CONSENT_TO_WINDOW)).isTrue();
    }

    @Test
    void avoidsTheTimeOfAnotherChangeOnTheSameHostOrItsTwin() {
        nightly();
        governed.neighbour(TUESDAY_NIGHT, TUESDAY_NIGHT.plus(Duration.ofHours(4)), true);
        governed.neighbour(TUESDAY_NIGHT.plus(DAY), TUESDAY_NIGHT.plus(DAY).plus(Duration.ofHours(4)), false);
        start();
        assertThat(booking().start()).isEqualTo(TUESDAY_NIGHT.plus(DAY).plus(DAY));
    }

    private void startOnCondition() {
        nightly();
        governed.approvedOn("only after the backup", people.someone("cab"), people.someone("cab"));
        governed.signedOff("pass");
        walk = new ProcessWalk(context, governed.change);
        instance = runtime.startProcessInstanceByKey(ScheduleChange.KEY, governed.change.value())
                .getId();
        walk.jobs();
    }

    @Test
    void aConditionOfTheBoardIsConfirmedBeforeTheWindow() {
        startOnCondition();
        assertThat(walk.summary(ScheduleChange.CONFIRM_CONDITIONS)).contains("only after the backup", "open");
        walk.done(ScheduleChange.CONFIRM_CONDITIONS, "implementer", Map.of("how", "backup 4711 restored in the lab"));
        assertThat(governed.deeds()).contains("condition-met");
        look(TUESDAY_NIGHT.minus(DAY));
        look(TUESDAY_NIGHT.plusSeconds(20));
        assertThat(outcome()).isEqualTo("go");
    }

    @Test
    void aConditionThatNobodyConfirmsHoldsTheChange() {
        startOnCondition();
        clock.set(TUESDAY_NIGHT.minus(DAY));
        walk.timer("BoundaryEvent_ConditionsLate");
        assertThat(walk.summary(ScheduleChange.DECIDE_ON_HOLD)).contains("only after the backup");
        decide("look-again");
        assertThat(walk.hasTask(ScheduleChange.CONFIRM_CONDITIONS)).isTrue();
    }
}
