package org.patchboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.rollout.Estate;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Nobody marks their own homework, under whatever login and in whosever stead (law 3). */
@PatchboardTest
class DutiesTest {

    private static final Actor ADMINISTRATOR = Actor.system("test");
    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);

    @Autowired
    ApplicationContext context;

    @Autowired
    Duties duties;

    @Autowired
    DutyEvidence evidence;

    @Autowired
    Directory directory;

    @Autowired
    People people;

    @Autowired
    TestPeople test;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ObjectMapper json;

    @Autowired
    PlatformTransactionManager transactions;

    private String planner;

    @BeforeEach
    void setTheClock() {
        clock.set(NOW);
        planner = test.someone("patch-coordinator");
    }

    private ChangeId change() {
        var estate = new Estate(context, test.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a");
        return estate.change(planner);
    }

    private void take(ChangeId change, String login, Duty duty) {
        new TransactionTemplate(transactions).executeWithoutResult(status -> duties.take(change, login, duty));
    }

    private void standsIn(String absent, String substitute) {
        directory.substitute(
                absent, substitute, clock.instant(), clock.instant().plus(WEEK), ADMINISTRATOR);
    }

    private String name(String login) {
        return "Test " + login;
    }

    @Test
    void theDatabaseKnowsTheSamePairsAsTheCode() {
        record Pair(String duty, String other) {}
        var pairs = jdbc.sql("select duty, other from duty_conflict")
                .query(Pair.class)
                .list();
        assertThat(pairs)
                .hasSize(java.util.Arrays.stream(Duty.values())
                        .mapToInt(duty -> duty.conflicts().size())
                        .sum());
        for (var pair : pairs) {
            assertThat(Duty.valueOf(pair.duty()).conflicts()).contains(Duty.valueOf(pair.other()));
        }
        assertThat(jdbc.sql("select name from duty").query(String.class).list())
                .containsExactlyInAnyOrderElementsOf(
                        java.util.Arrays.stream(Duty.values()).map(Enum::name).toList());
    }

    @Test
    void whoWroteAPlanMayNotVoteAlthoughNoTaskSaysSo() {
        var change = change();
        assertThat(duties.against(change, planner, Duty.VOTE))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains(name(planner), "planned it", "voted"));
        assertThatThrownBy(() -> take(change, planner, Duty.VOTE)).isInstanceOf(Refusal.class);
    }

    @Test
    void whoAskedForTheChangeMayNotVoteTestOrAcceptItsRisk() {
        var change = change();
        var requester = test.someone("vulnerability-analyst");
        jdbc.sql("update change_record set requester = ? where id = ?")
                .params(requester, change.value())
                .update();
        for (var duty : List.of(Duty.VOTE, Duty.TEST, Duty.ACCEPT_RISK, Duty.MANAGE)) {
            assertThat(duties.against(change, requester, duty)).as(duty.name()).isPresent();
        }
        assertThat(duties.against(change, requester, Duty.PLAN)).isEmpty();
    }

    @Test
    void aSecondLoginIsTheSameHumanBeing() {
        var change = change();
        var second = test.someone("cab");
        assertThat(duties.against(change, second, Duty.VOTE)).isEmpty();
        directory.sameHuman(second, planner, ADMINISTRATOR);
        assertThat(duties.against(change, second, Duty.VOTE)).isPresent();
    }

    @Test
    void aSubstituteHasEveryConflictOfThePersonReplaced() {
        var substitute = test.someone("cab");
        standsIn(planner, substitute);
        clock.forward(Duration.ofMinutes(1));
        var change = change();
        assertThat(duties.against(change, substitute, Duty.VOTE))
                .hasValueSatisfying(sentence ->
                        assertThat(sentence).contains(name(substitute) + " stands in for " + name(planner)));
        clock.forward(WEEK.plusDays(1));
        assertThat(duties.against(change, substitute, Duty.VOTE))
                .as("not even when the absent person is back: it stood in while the change was open")
                .isPresent();
    }

    @Test
    void whatWasDoneInSomebodysSteadCountsAsTheirs() {
        var absent = test.someone("cab");
        standsIn(absent, planner);
        clock.forward(Duration.ofMinutes(1));
        var change = change();
        assertThat(duties.against(change, absent, Duty.VOTE))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("stood in for"));
    }

    @Test
    void aSubstitutionNeedsAThirdPerson() {
        var absent = test.someone("cab");
        var substitute = test.someone("tester");
        var id = directory.substitute(absent, substitute, NOW, NOW.plus(WEEK), Actor.person(absent));
        assertThat(people.isMember(substitute, "cab")).isFalse();
        for (var one : List.of(absent, substitute)) {
            assertThatThrownBy(() -> directory.approveSubstitution(absent, id, Actor.person(one)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("third person");
        }
        directory.approveSubstitution(absent, id, Actor.person(test.someone("change-manager")));
        assertThat(people.isMember(substitute, "cab")).isTrue();
        assertThat(directory.substitutions(absent).get(0).approvedBy()).startsWith("change-manager");
    }

    @Test
    void aSecondLoginOfTheAbsentIsNoThirdPerson() {
        var absent = test.someone("cab");
        var other = test.someone("change-manager");
        directory.sameHuman(other, absent, ADMINISTRATOR);
        var id = directory.substitute(absent, test.someone("tester"), NOW, NOW.plus(WEEK), Actor.person(absent));
        assertThatThrownBy(() -> directory.approveSubstitution(absent, id, Actor.person(other)))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aSubstitutionMadeAfterTheRequestDoesNotCountOnIt() {
        var change = change();
        clock.forward(Duration.ofMinutes(1));
        var absent = test.someone("cab");
        var substitute = test.someone("tester");
        standsIn(absent, substitute);
        assertThat(people.isMember(substitute, "cab")).isTrue();
        assertThat(people.teamsOf(substitute, change)).containsExactly("tester");
        assertThat(people.members("cab", change))
                .noneMatch(person -> person.login().equals(substitute));
        clock.forward(Duration.ofMinutes(1));
        assertThat(people.teamsOf(substitute, change())).contains("cab", "tester");
    }

    @Test
    void whoGaveSomebodyTheRoleGainsNothingFromItOnTheSameChange() {
        var friend = test.someone();
        directory.grant(friend, "cab", null, null, Actor.person(planner));
        var change = change();
        assertThat(duties.against(change, friend, Duty.VOTE))
                .hasValueSatisfying(sentence ->
                        assertThat(sentence).contains(name(friend) + " was given the role by " + name(planner)));
        var stranger = test.someone("cab");
        assertThat(duties.against(change, stranger, Duty.VOTE)).isEmpty();
    }

    @Test
    void whoGaveAVoterTheRoleMayNotPlanTheChangeAfterwards() {
        var change = change();
        var granter = test.someone("patch-coordinator", "camunda-admin");
        var friend = test.someone();
        directory.grant(friend, "cab", null, null, Actor.person(granter));
        clock.forward(Duration.ofMinutes(1));
        take(change, friend, Duty.VOTE);
        assertThat(duties.against(change, granter, Duty.PLAN))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("gave the role to " + name(friend)));
        assertThat(duties.against(change, granter, Duty.OPERATE)).isEmpty();
    }

    @Test
    void theDatabaseRefusesADutyAgainstTheRules() {
        var change = change();
        var planning = person(planner);
        assertThatThrownBy(() -> jdbc.sql("insert into duty_held values (?, ?, 'VOTE', ?)")
                        .params(change.value(), planning, java.sql.Timestamp.from(NOW))
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("conflict");
        assertThatThrownBy(() -> jdbc.sql("""
                                insert into vote (change_id, revision, round, person, login, teams, decision, comment, digest, at)
                                values (?, 1, 1, ?, ?, '{cab}', 'approve', '', 'x', ?)""")
                        .params(change.value(), planning, planner, java.sql.Timestamp.from(NOW))
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("conflict");
    }

    private long person(String login) {
        return people.person(login).orElseThrow().id();
    }

    @Test
    void twoLoginsOfOnePersonAreComparedOneAfterTheOther() throws Exception {
        var change = change();
        var one = test.someone("implementer");
        var two = test.someone("cab");
        directory.sameHuman(two, one, ADMINISTRATOR);
        var pool = Executors.newFixedThreadPool(2);
        try {
            var tries = pool.invokeAll(
                    List.of(() -> tried(change, one, Duty.IMPLEMENT), () -> tried(change, two, Duty.VOTE)));
            assertThat(tries.get(0).get()).isNotEqualTo(tries.get(1).get());
        } finally {
            pool.shutdownNow();
        }
    }

    private boolean tried(ChangeId change, String login, Duty duty) {
        try {
            take(change, login, duty);
            return true;
        } catch (Refusal refusal) {
            return false;
        }
    }

    @Test
    void theProofNamesEveryRuleAndWhoHeldWhat() throws Exception {
        var change = change();
        var voter = test.someone("cab");
        take(change, voter, Duty.VOTE);
        var proof = duties.proof(change);
        assertThat(proof.satisfied()).isTrue();
        assertThat(proof.constraints()).extracting(Duties.Constraint::rule).contains("PLAN-VOTE", "SUBSTITUTES");
        var rule = proof.constraints().stream()
                .filter(constraint -> constraint.rule().equals("PLAN-VOTE"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.first()).containsExactly(planner);
        assertThat(rule.second()).containsExactly(voter);
        assertThat(rule.sentence()).isEqualTo("Nobody who planned it voted on it.");
        var sealed = evidence.of(change).toList().get(0);
        assertThat(sealed.path()).isEqualTo("duties.json");
        assertThat(json.readTree(sealed.content()).path("satisfied").asBoolean())
                .isTrue();
    }

    @Test
    void theProofShowsABreachThatCameAfterTheDeed() {
        var change = change();
        var voter = test.someone("cab");
        take(change, voter, Duty.VOTE);
        directory.sameHuman(voter, planner, ADMINISTRATOR);
        var proof = duties.proof(change);
        assertThat(proof.satisfied()).isFalse();
        assertThat(proof.constraints())
                .filteredOn(constraint -> !constraint.satisfied())
                .singleElement()
                .satisfies(constraint -> {
                    assertThat(constraint.rule()).isEqualTo("PLAN-VOTE");
                    assertThat(constraint.violations()).isNotEmpty();
                });
    }

    @Test
    void aChangeNobodyTouchedHasAProofToo() {
        assertThat(duties.proof(new ChangeId("CHG-"
                                + (800_000_000 + Math.abs(UUID.randomUUID().hashCode() % 90_000_000))))
                        .satisfied())
                .isTrue();
    }
}
