package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.lifecycle.engine.PolicySettlement;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What a new policy means for a change on its whole way: {@code patch-change} with all that it calls. */
@PatchboardTest
class PolicyOnARealChangeTest {

    private static final String DEADLINE = "deadline-organisation";
    private static final String PRIORITY = "priority";
    private static final Map<String, Object> PATCH = Map.of("disposition", "patch", "reason", "It is used.");

    @Autowired
    ApplicationContext context;

    @Autowired
    ChangeProcesses processes;

    @Autowired
    PolicyProcesses policies;

    @Autowired
    PolicyProposals proposals;

    @Autowired
    PolicySettlement settlement;

    @Autowired
    Receipts receipts;

    @Autowired
    Changes changes;

    @Autowired
    Ballots ballots;

    @Autowired
    TestPeople people;

    private Tables tables;
    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;

    @BeforeEach
    void openAChange() {
        tables = new Tables(context);
        people.someone("cab");
        people.someone("security-representative");
        people.someone("change-manager");
        scene = new Scene(context).affected("web1", "web2").affectedLab("lab1").window();
        change = processes.open(
                scene.advisory(),
                scene.group,
                "Update it",
                "It is needed.",
                Actor.person(people.someone("asset-owner")));
        walk = new ProcessWalk(context, change).jobs();
    }

    @AfterEach
    void restore() {
        tables.close();
    }

    private void toTheBoard() {
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        planned();
    }

    private void planned() {
        walk.done(PrepareChange.PLAN, "patch-coordinator", Scene.plan());
        var accepted = Map.<String, Object>of("verdict", "acceptable", "impact", "Two minutes.");
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", accepted);
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", accepted);
        walk.everything();
        walk.done(
                PrepareChange.SIGN_OFF_TEST,
                "tester",
                Map.of("verdict", "pass", "effectiveness", "Version seen.", "sideEffects", "None."));
        if (walk.hasTask(PrepareChange.WAIVE_CONFLICTS)) {
            walk.done(PrepareChange.WAIVE_CONFLICTS, "change-manager", Map.of("reason", "Agreed."));
        }
        assertThat(scene.stateOf(change)).isEqualTo("authorizing");
    }

    private ProposalId inForce(String table, byte[] draft, String openChanges) {
        var id = policies.propose(
                table, draft, "The board wants it.", openChanges, Actor.person(people.someone("policy-author")));
        new ProcessWalk(context, id)
                .jobs()
                .done(PolicyChange.DECIDE_POLICY, "policy-approver", Map.of("decision", "approve", "comment", ""));
        assertThat(proposals.get(id).state()).isEqualTo("in-force");
        settlement.settle(id, change);
        walk.jobs();
        return id;
    }

    private byte[] days(int days) {
        var of = Map.of("critical", "7", "high", "30", "medium", "90", "low", "180");
        return tables.draft(
                DEADLINE,
                "<text>" + of.get(String.valueOf(changes.get(change).priority())) + "</text>",
                "<text>" + days + "</text>");
    }

    private Ballot ballot() {
        return ballots.latest(change).orElseThrow();
    }

    @Test
    void aPinnedChangeIsGivenItsDeadlineByTheVersionItBeganWith() {
        var base = tables.version(DEADLINE);
        inForce(DEADLINE, days(1), "pin");
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(receipts.newest(change, DEADLINE).orElseThrow().version()).isEqualTo(base);
        assertThat(changes.get(change).due())
                .isAfter(changes.get(change).openedAt().plus(Duration.ofDays(2)));
        assertThat(scene.deeds(change)).contains("policy-pinned");
    }

    @Test
    void aChangeWhoseDeadlineComesNearerIsPlannedAndVotedOnAnew() {
        toTheBoard();
        var before = changes.get(change).due();
        var id = inForce(DEADLINE, days(2), "re-evaluate");
        assertThat(changes.get(change).due()).isBefore(before);
        assertThat(receipts.newest(change, DEADLINE).orElseThrow().occasion()).contains(id.value());
        assertThat(ballot().outcome()).isEqualTo("void");
        assertThat(walk.hasTask(ChangeAuthorization.VOTE)).isFalse();
        assertThat(scene.stateOf(change)).isEqualTo("planning");
        planned();
        assertThat(ballot().isOpen()).isTrue();
        assertThat(scene.deeds(change)).contains("policy-re-evaluated", "drift-found");
    }

    @Test
    void aDeadlineThatMovesAwayLeavesTheVotesStanding() {
        toTheBoard();
        var before = changes.get(change).due();
        inForce(DEADLINE, days(300), "re-evaluate");
        assertThat(changes.get(change).due()).isAfterOrEqualTo(before);
        assertThat(ballot().isOpen()).isTrue();
        assertThat(scene.deeds(change)).contains("policy-re-evaluated").doesNotContain("drift-found");
    }

    @Test
    void whatFollowsFromAPriorityIsDecidedAnewWithIt() {
        toTheBoard();
        var priority = String.valueOf(changes.get(change).priority());
        assertThat(priority).isNotEqualTo("critical");
        var row = receipts.newest(change, PRIORITY)
                .orElseThrow()
                .rules()
                .get(0)
                .id()
                .replace("Rule_", "OutputEntry_");
        var id = inForce(
                PRIORITY, tables.draft(PRIORITY, "(\"" + row + "_1\"><text>)[^<]*", "$1\"critical\""), "re-evaluate");
        assertThat(changes.get(change).priority()).isEqualTo("critical");
        for (var table : new String[] {PRIORITY, DEADLINE, "change-classification"}) {
            var receipt = receipts.newest(change, table).orElseThrow();
            assertThat(receipt.occasion()).as(table).contains(id.value());
            assertThat(receipts.holds(change, receipt.id())).as(table).isTrue();
        }
        assertThat(ballot().outcome()).isEqualTo("void");
        assertThat(scene.stateOf(change)).isEqualTo("planning");
    }

    @Test
    void everyApprovalIsAskedForAnewWhenTheProposalSaysSo() {
        toTheBoard();
        inForce(DEADLINE, days(300), "re-approve");
        assertThat(ballot().outcome()).isEqualTo("void");
        assertThat(scene.stateOf(change)).isEqualTo("planning");
        planned();
        assertThat(ballot().isOpen()).isTrue();
        assertThat(scene.deeds(change)).contains("policy-re-approved");
    }
}
