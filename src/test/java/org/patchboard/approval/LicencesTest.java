package org.patchboard.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.engine.Assessment;
import org.patchboard.lifecycle.engine.Reviews;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A standard change needs a licence: earned by a vote, bounded, lost by trouble until that is reviewed. */
@PatchboardTest
class LicencesTest {

    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");
    private static final Instant UNTIL = NOW.plus(Duration.ofDays(180));

    @Autowired
    ApplicationContext context;

    @Autowired
    Licences licences;

    @Autowired
    Assessment assessment;

    @Autowired
    Reviews reviews;

    @Autowired
    Changes changes;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private Scene scene;
    private ChangeId model;
    private String planner;
    private String proposer;

    @BeforeEach
    void aChangeThatWentWell() {
        clock.set(NOW);
        scene = new Scene(context).affected("web1", "web2");
        model = scene.record();
        planner = people.someone("patch-coordinator", "cab");
        proposer = people.someone("patch-coordinator");
        jdbc.sql("""
                        update change_record set state = 'closed', outcome = 'completed', class = 'normal', priority = 'medium',
                                                 closed_at = ? where id = ?""").params(java.sql.Timestamp.from(NOW), model.value()).update();
        jdbc.sql("""
                        insert into ballot (change_id, revision, digest, authority, minimum_votes, required_teams, eligible,
                                            deadline, receipt, outcome, outcome_reason, opened_at, decided_at)
                        values (?, 1, 'x', 'cab', 1, '{}', '{}', now(), gen_random_uuid(), 'approved', '', now(), now())""").param(model.value()).update();
        jdbc.sql(
                        "insert into plan_revision (change_id, revision, digest, canonical, author, at) values (?, 1, 'x', '{}', ?, now())")
                .params(model.value(), planner)
                .update();
    }

    private long propose() {
        return licences.propose(model, 2, UNTIL, Actor.person(proposer));
    }

    private Licence vote(long id, boolean approves, String... teams) {
        return licences.vote(id, approves, approves ? "" : "not this", Actor.person(people.someone(teams)));
    }

    private long live() {
        var id = propose();
        vote(id, true, "cab");
        vote(id, true, "cab");
        assertThat(vote(id, true, "cab", "security-representative").state()).isEqualTo("live");
        return id;
    }

    /** Another change of the same kind, classified. */
    private ChangeId next() {
        var change = scene.record();
        jdbc.sql("update change_record set priority = 'medium' where id = ?")
                .param(change.value())
                .update();
        assessment.classify(change);
        return change;
    }

    private String classOf(ChangeId change) {
        return changes.get(change).changeClass();
    }

    @Test
    void isEarnedByThreeOfTheBoardWithSecurityAmongThem() {
        var id = propose();
        vote(id, true, "cab");
        vote(id, true, "cab");
        assertThat(vote(id, true, "cab").state()).isEqualTo("proposed");
        assertThat(vote(id, true, "security-representative").state()).isEqualTo("live");
    }

    @Test
    void securityRefusesItAlone() {
        var id = propose();
        assertThat(vote(id, false, "security-representative").state()).isEqualTo("refused");
        assertThatThrownBy(() -> vote(id, true, "cab")).isInstanceOf(Refusal.class);
    }

    @Test
    void isNotVotedOnByItsProposerOrWhoPlannedItsModel() {
        var id = propose();
        assertThatThrownBy(() -> licences.vote(id, true, "", Actor.person(planner)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("had a part");
        assertThatThrownBy(() -> licences.vote(id, true, "", Actor.person(proposer)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> vote(id, true, "tester")).isInstanceOf(Refusal.class);
    }

    @Test
    void isEarnedOnlyByAChangeThatWentWell() {
        jdbc.sql("update change_record set outcome = 'backed-out' where id = ?")
                .param(model.value())
                .update();
        assertThatThrownBy(this::propose).isInstanceOf(Refusal.class).hasMessageContaining("no model");
        assertThatThrownBy(() -> licences.propose(model, 51, UNTIL, Actor.person(proposer)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> licences.propose(model, 1, NOW.plus(Duration.ofDays(366)), Actor.person(proposer)))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void withoutALicenceNothingIsStandard() {
        assertThat(classOf(next())).isEqualTo("normal");
    }

    @Test
    void aChangeOfItsKindIsStandardAsOftenAsItSays() {
        live();
        var first = next();
        assertThat(classOf(first)).isEqualTo("standard");
        assertThat(licences.of(first).orElseThrow().used()).isEqualTo(1);
        jdbc.sql("update change_record set state = 'closed' where id = ?")
                .param(first.value())
                .update();
        var second = next();
        assertThat(classOf(second)).isEqualTo("standard");
        jdbc.sql("update change_record set state = 'closed' where id = ?")
                .param(second.value())
                .update();
        assertThat(classOf(next())).as("used up").isEqualTo("normal");
    }

    @Test
    void endsWithItsTime() {
        live();
        clock.set(UNTIL);
        assertThat(classOf(next())).isEqualTo("normal");
    }

    @Test
    void anUrgentChangeIsNeverStandard() {
        live();
        var change = scene.record();
        jdbc.sql("update change_record set priority = 'critical' where id = ?")
                .param(change.value())
                .update();
        assessment.classify(change);
        assertThat(classOf(change)).isEqualTo("normal");
    }

    @Test
    void troubleSuspendsItUntilItIsReviewed() {
        live();
        var first = next();
        jdbc.sql("update change_record set state = 'closed', due_at = ? where id = ?")
                .params(java.sql.Timestamp.from(NOW.minusSeconds(1)), first.value())
                .update();
        reviews.judge(first);
        assertThat(licences.of(first).orElseThrow().state()).isEqualTo("suspended");
        scene.put(first, "closed");
        var meanwhile = next();
        assertThat(classOf(meanwhile)).isEqualTo("normal");
        jdbc.sql("update change_record set state = 'closed' where id = ?")
                .param(meanwhile.value())
                .update();
        reviews.done(
                first,
                "learnt",
                "the mirror was slow",
                "another mirror",
                Actor.person(people.someone("change-manager")));
        assertThat(licences.of(first).orElseThrow().state()).isEqualTo("live");
        assertThat(classOf(next())).isEqualTo("standard");
    }
}
