package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.model.ExceptionInForce;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.risk.DecisionEngine;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A risk is carried for a time by who owns risks of its size, watched, and counts again when that time is over (law 7). */
@PatchboardTest
class RiskExceptionTest {

    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");

    @Autowired
    ApplicationContext context;

    @Autowired
    ExceptionProcesses processes;

    @Autowired
    ExceptionRequests requests;

    @Autowired
    RiskExceptions exceptions;

    @Autowired
    DecisionEngine tables;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;
    private String asker;
    private String owner;

    @BeforeEach
    void openAChange() {
        clock.set(NOW);
        scene = new Scene(context).affected("web1", "web2");
        change = scene.record();
        priority("high");
        walk = new ProcessWalk(context, change);
        asker = people.someone("patch-coordinator");
        owner = people.someone("risk-owner");
    }

    private void priority(String priority) {
        jdbc.sql("update change_record set priority = ? where id = ?")
                .params(priority, change.value())
                .update();
    }

    private AssetId host(String name) {
        return processes.assets(change, List.of(scene.name(name))).get(0);
    }

    private long ask(String kind, String control, Instant check, Long renews) {
        var id = processes.ask(
                new NewExceptionRequest(
                        change,
                        List.of(host("web1")),
                        kind,
                        "no spare until spring",
                        control,
                        kind.equals("not-affected") ? "vulnerable_code_not_present" : "",
                        "replaced in March",
                        null,
                        check,
                        renews),
                Actor.person(asker));
        walk.jobs();
        return id;
    }

    private void opinion(String opinion) {
        walk.done(RiskException.GIVE_OPINION, "security-representative", Map.of("opinion", opinion, "text", "seen it"));
    }

    private void decide(String decision, Instant until) {
        walk.doneBy(
                RiskException.DECIDE_EXCEPTION,
                owner,
                Map.of("decision", decision, "until", day(until), "reason", "so decided"));
    }

    private static String day(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private long accepted(Duration length) {
        var id = ask("risk-acceptance", "isolated", null, null);
        opinion("favourable");
        decide("accept", NOW.plus(length));
        return id;
    }

    private void at(Instant moment, String timer) {
        clock.set(moment);
        walk.timer(timer);
    }

    private boolean inForce() {
        return !exceptions.inForce(change).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "risk-acceptance, true,  low,      very high, risk-owner,                14,  true",
        "deferral,        false, critical, very high, risk-owner,                14,  true",
        "mitigation,      false, high,     high,      risk-owner,                30,  false",
        "risk-acceptance, false, medium,   medium,    risk-owner,                90,  false",
        "deferral,        false, low,      low,       'risk-owner,change-manager', 180, false",
        "not-affected,    true,  critical, none,      risk-owner,                180, true"
    })
    void theTableNamesWhoCarriesARiskOfItsSizeAndHowLong(
            String kind, boolean exploited, String priority, String risk, String authority, int days, boolean binds) {
        assertThat(tables.evaluate(
                                RiskException.DECISION,
                                null,
                                Map.of("kind", kind, "exploited", exploited, "priority", priority))
                        .outputs())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row).containsEntry("residualRisk", risk).containsEntry("authority", authority);
                    assertThat(((Number) row.get("maxDays")).intValue()).isEqualTo(days);
                    assertThat(row).containsEntry("opinionBinds", binds);
                });
    }

    @Test
    void aRiskIsCarriedFromAskingToItsEndAndWarnedOfThreeTimes() {
        var id = accepted(Duration.ofDays(28));
        assertThat(exceptions.inForce(change)).singleElement().satisfies(exception -> {
            assertThat(exception.acceptedBy()).isEqualTo(owner);
            assertThat(exception.requestedBy()).isEqualTo(asker);
        });
        var end = exceptions.inForce(change).get(0).until();
        for (var days : new int[] {14, 7, 1}) {
            assertThat(walk.timerOf("IntermediateEvent_DateDue").getDuedate())
                    .isEqualTo(end.minus(Duration.ofDays(days)));
            at(end.minus(Duration.ofDays(days)), "IntermediateEvent_DateDue");
        }
        assertThat(scene.told(change, "escalation").stream().filter(owner::equals))
                .as("warned at 14, 7 and 1 days")
                .hasSize(3);
        at(end, "IntermediateEvent_DateDue");
        assertThat(inForce()).isFalse();
        assertThat(scene.told(change, "exception-expired")).contains(owner);
        walk.ends();
        assertThat(requests.granted(id).get(0).endedAt()).isEqualTo(end);
    }

    @Test
    void showsEverybodyWhatIsDecidedOn() {
        ask("mitigation", "isolated by the firewall", NOW.plus(Duration.ofDays(5)), null);
        assertThat(walk.summary(RiskException.GIVE_OPINION))
                .contains(
                        "isolated by the firewall",
                        "no spare until spring",
                        scene.name("web1"),
                        "\"residualRisk\":\"high\"");
        opinion("favourable");
        assertThat(walk.summary(RiskException.DECIDE_EXCEPTION))
                .contains("favourable: seen it", "carried by risk-owner, for 30 days at most");
    }

    @Test
    void aRefusalLeavesNothingInForce() {
        var id = ask("risk-acceptance", "", null, null);
        opinion("unfavourable");
        decide("refuse", NOW);
        assertThat(inForce()).isFalse();
        assertThat(requests.get(id).decision()).isEqualTo("refused");
        walk.ends();
    }

    @Test
    void silenceRefuses() {
        var id = ask("risk-acceptance", "", null, null);
        opinion("favourable");
        at(walk.timerOf("BoundaryEvent_NobodyDecided").getDuedate().toInstant(), "BoundaryEvent_NobodyDecided");
        assertThat(requests.get(id).decision()).isEqualTo("refused");
        walk.ends();
        assertThat(scene.told(change, "escalation")).contains(asker);
    }

    @Test
    void aMissingOpinionDoesNotHoldTheDecisionUp() {
        ask("risk-acceptance", "", null, null);
        at(walk.timerOf("BoundaryEvent_OpinionMissing").getDuedate().toInstant(), "BoundaryEvent_OpinionMissing");
        assertThat(walk.summary(RiskException.DECIDE_EXCEPTION)).contains("\"opinion\":\"nothing\"");
        decide("accept", clock.instant().plus(Duration.ofDays(20)));
        assertThat(inForce()).isTrue();
    }

    @Test
    void aVeryHighRiskIsNotCarriedAgainstSecurityOrWithoutIt() {
        priority("critical");
        ask("risk-acceptance", "", null, null);
        opinion("unfavourable");
        assertThatThrownBy(() -> decide("accept", NOW.plus(Duration.ofDays(3))))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("favourable opinion");
        assertThat(inForce()).isFalse();
    }

    @Test
    void lastsNoLongerThanItsSizeAllows() {
        ask("risk-acceptance", "", null, null);
        opinion("favourable");
        assertThatThrownBy(() -> decide("accept", NOW.plus(Duration.ofDays(31))))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("at the latest");
    }

    @Test
    void whoAskedForItDoesNotDecide() {
        owner = people.someone("risk-owner", "patch-coordinator");
        asker = owner;
        ask("risk-acceptance", "", null, null);
        opinion("favourable");
        assertThatThrownBy(() -> decide("accept", NOW.plus(Duration.ofDays(3))))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContaining("asked for an exception");
    }

    @Test
    void aLowRiskMayBeCarriedByAChangeManager() {
        priority("low");
        owner = people.someone("change-manager");
        ask("deferral", "", null, null);
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(100)));
        assertThat(inForce()).isTrue();
    }

    @Test
    void aHighRiskIsNotCarriedByAChangeManager() {
        owner = people.someone("change-manager");
        ask("risk-acceptance", "", null, null);
        opinion("favourable");
        assertThatThrownBy(() -> decide("accept", NOW.plus(Duration.ofDays(3))))
                .isInstanceOf(AuthorizationException.class);
    }

    @Test
    void whatHoldsTheRiskDownIsCheckedOnItsDate() {
        ask("mitigation", "isolated", NOW.plus(Duration.ofDays(3)), null);
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(29)));
        at(NOW.plus(Duration.ofDays(3)), "IntermediateEvent_DateDue");
        walk.done(
                ExceptionInForce.CHECK_CONTROL,
                "asset-owner",
                Map.of("holds", "yes", "evidence", "rule 12 is in place", "next", day(NOW.plus(Duration.ofDays(10)))));
        assertThat(inForce()).isTrue();
        at(walk.timerOf("IntermediateEvent_DateDue").getDuedate().toInstant(), "IntermediateEvent_DateDue");
        assertThat(walk.hasTask(ExceptionInForce.CHECK_CONTROL)).isTrue();
        walk.done(ExceptionInForce.CHECK_CONTROL, "asset-owner", Map.of("holds", "no", "evidence", "rule 12 is gone"));
        assertThat(inForce()).isFalse();
        walk.ends();
        assertThat(scene.told(change, "escalation")).contains(owner, asker);
    }

    @Test
    void aCheckThatNobodyMakesRevokes() {
        ask("mitigation", "isolated", NOW.plus(Duration.ofDays(3)), null);
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(29)));
        at(NOW.plus(Duration.ofDays(3)), "IntermediateEvent_DateDue");
        at(walk.timerOf("BoundaryEvent_CheckOverdue").getDuedate().toInstant(), "BoundaryEvent_CheckOverdue");
        assertThat(inForce()).isFalse();
        walk.ends();
    }

    @Test
    void isRevokedAtOnceWhenTheVulnerabilityIsExploited() {
        accepted(Duration.ofDays(20));
        assertThat(processes.revokeOutdated()).as("nothing has changed").isZero();
        scene.knownExploited();
        processes.revokeOutdated();
        walk.jobs();
        assertThat(inForce()).isFalse();
        assertThat(exceptions.of(change).get(0).endedAt()).isNotNull();
        assertThat(scene.bodies(change, "escalation")).anyMatch(body -> body.contains("exploited now"));
        walk.ends();
    }

    @Test
    void isRevokedAtOnceWhenTheHostCanBeReachedFromOutside() {
        accepted(Duration.ofDays(20));
        jdbc.sql("update asset set exposure = 'public' where id = ?")
                .param(host("web1").value())
                .update();
        processes.revokeOutdated();
        walk.jobs();
        assertThat(inForce()).isFalse();
        walk.ends();
    }

    @Test
    void whatWasExploitedWhenItWasAcceptedIsNoNews() {
        scene.knownExploited();
        accepted(Duration.ofDays(10));
        processes.revokeOutdated();
        assertThat(inForce()).isTrue();
    }

    @Test
    void somebodyEndsItBeforeItsTime() {
        var id = accepted(Duration.ofDays(20));
        processes.revoke(id, "the spare has come", Actor.person(owner));
        walk.jobs();
        assertThat(inForce()).isFalse();
        walk.ends();
        assertThatThrownBy(() -> processes.revoke(id, "again", Actor.person(owner)))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aClosedChangesFindingsAreOpenWorkAgainFromTheirOriginalDate() {
        accepted(Duration.ofDays(20));
        jdbc.sql("update finding set change_id = ? where package = ?")
                .params(change.value(), scene.software)
                .update();
        scene.put(change, "closed");
        var end = exceptions.inForce(change).get(0).until();
        clock.set(end.plusSeconds(1));
        for (int date = 0; date < 4 && !walk.isOver(); date++) {
            walk.timer("IntermediateEvent_DateDue");
        }
        walk.ends();
        var opened = jdbc.sql("select id from change_record where advisory = ? and id <> ? and state = 'triage'")
                .params(scene.advisory(), change.value())
                .query(String.class)
                .list();
        assertThat(opened).hasSize(1);
        assertThat(jdbc.sql("select first_seen from finding where package = ? and change_id = ? limit 1")
                        .params(scene.software, opened.get(0))
                        .query((row, number) -> row.getTimestamp(1).toInstant())
                        .single())
                .as("the original clock")
                .isEqualTo(NOW);
    }

    @Test
    void aRenewalIsDecidedAnewAndAtMostTwice() {
        var first = accepted(Duration.ofDays(20));
        var second = ask("risk-acceptance", "isolated", null, first);
        assertThat(inForce()).as("the first holds until the renewal is decided").isTrue();
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(25)));
        assertThat(exceptions.inForce(change)).hasSize(1);
        assertThat(requests.granted(first).get(0).endedAt()).isNotNull();
        var third = ask("risk-acceptance", "isolated", null, second);
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(25)));
        assertThatThrownBy(() -> ask("risk-acceptance", "isolated", null, third))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("renewed 2 times");
    }

    @Test
    void refusesWhatIsIncomplete() {
        assertThatThrownBy(() -> ask("mitigation", "", NOW.plus(Duration.ofDays(3)), null))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> ask("mitigation", "isolated", null, null)).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> ask("forever", "", null, null)).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> processes.ask(
                        new NewExceptionRequest(
                                change, List.of(), "not-affected", "not us", "", "because", "", null, null, null),
                        Actor.person(asker)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("component_not_present");
        assertThatThrownBy(() -> processes.ask(
                        new NewExceptionRequest(
                                change, List.of(), "deferral", "later", "", "", "", NOW.minusSeconds(1), null, null),
                        Actor.person(asker)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> processes.assets(change, List.of("no-such-host")))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aWholeChangeCanBeNotAffected() {
        var id = processes.ask(
                new NewExceptionRequest(
                        change,
                        List.of(),
                        "not-affected",
                        "the module is not built",
                        "",
                        "component_not_present",
                        "",
                        null,
                        null,
                        null),
                Actor.person(asker));
        walk.jobs();
        opinion("favourable");
        decide("accept", NOW.plus(Duration.ofDays(29)));
        assertThat(exceptions.inForce(change))
                .singleElement()
                .satisfies(exception -> assertThat(exception.asset()).isNull());
        assertThat(requests.get(id).vex()).isEqualTo("component_not_present");
    }
}
