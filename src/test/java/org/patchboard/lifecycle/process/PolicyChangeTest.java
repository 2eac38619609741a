package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballots;
import org.patchboard.change.Changes;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.identity.Directory;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.lifecycle.engine.PolicySettlement;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.risk.Decisions;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A new version of a decision table: tested, tried on history, approved by somebody else, and what it means since. */
@PatchboardTest
class PolicyChangeTest {

    private static final Instant NOW = Instant.parse("2027-04-05T09:00:00Z");
    private static final Actor ADMINISTRATOR = Actor.system("test");
    private static final String DEADLINE = "deadline-organisation";
    private static final String AUTHORITY = "change-authorization";

    @Autowired
    ApplicationContext context;

    @Autowired
    PolicyProcesses policies;

    @Autowired
    PolicyProposals proposals;

    @Autowired
    PolicySettlement settlement;

    @Autowired
    Decisions decisions;

    @Autowired
    Receipts receipts;

    @Autowired
    Changes changes;

    @Autowired
    Ballots ballots;

    @Autowired
    ExceptionProcesses exceptions;

    @Autowired
    ExceptionRequests requests;

    @Autowired
    Directory directory;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private Tables tables;
    private String paul;
    private String petra;
    private ProposalId id;
    private ProcessWalk walk;

    @BeforeEach
    void remember() {
        clock.set(NOW);
        tables = new Tables(context);
        paul = people.someone("policy-author");
        petra = people.someone("policy-approver");
    }

    @AfterEach
    void restore() {
        tables.close();
    }

    private void propose(String table, byte[] draft, String openChanges) {
        id = policies.propose(table, draft, "The regulator asks for it.", openChanges, Actor.person(paul));
        walk = new ProcessWalk(context, id).jobs();
    }

    /** Critical within five days instead of seven. */
    private byte[] stricter() {
        return tables.draft(DEADLINE, "<text>7</text>", "<text>5</text>");
    }

    private void decide(String login, String decision, String comment) {
        walk.doneBy(PolicyChange.DECIDE_POLICY, login, Map.of("decision", decision, "comment", comment));
    }

    private void inForce(String table, byte[] draft, String openChanges) {
        propose(table, draft, openChanges);
        decide(petra, "approve", "as discussed");
        assertThat(proposal().state()).isEqualTo("in-force");
    }

    private PolicyProposal proposal() {
        return proposals.get(id);
    }

    private List<String> deeds() {
        return jdbc.sql("select action from audit_entry where chain = ? order by seq")
                .param(id.value())
                .query(String.class)
                .list();
    }

    private List<String> deeds(ChangeId change) {
        return jdbc.sql("select action from audit_entry where change_id = ? order by seq")
                .param(change.value())
                .query(String.class)
                .list();
    }

    private List<String> told(String template) {
        return jdbc.sql("select recipient from outbox where template = ? and subject like ? order by created_at")
                .params(template, "%" + id + "%")
                .query(String.class)
                .list();
    }

    private String effect(ChangeId change) {
        return jdbc.sql("select effect || ': ' || detail from policy_effect where proposal = ? and change_id = ?")
                .params(id.value(), change.value())
                .query(String.class)
                .single();
    }

    private long passed(String activity) {
        return history.createHistoricProcessInstanceQuery().processInstanceBusinessKey(id.value()).list().stream()
                .mapToLong(instance -> history.createHistoricActivityInstanceQuery()
                        .processInstanceId(instance.getId())
                        .activityId(activity)
                        .finished()
                        .count())
                .sum();
    }

    private ChangeId judged(String priority) {
        var change = new Scene(context).affected("web1").record();
        decisions.decide(change, DEADLINE, Map.of("priority", priority));
        return change;
    }

    private int versionOf(ChangeId change, String table) {
        return receipts.newest(change, table).orElseThrow().version();
    }

    @Test
    void aSoundTableIsTriedOnHistoryApprovedBySomebodyElseAndInForce() {
        var base = tables.version(DEADLINE);
        var change = judged("critical");
        propose(DEADLINE, stricter(), "pin");
        assertThat(proposal().state()).isEqualTo("waiting");
        assertThat(proposal().combinations()).isPositive();
        assertThat(proposals.differences(id, 10_000)).anySatisfy(difference -> {
            assertThat(difference.change()).isEqualTo(change.value());
            assertThat(difference.before()).isEqualTo(List.of(Map.of("days", 7)));
            assertThat(difference.after()).isEqualTo(List.of(Map.of("days", 5)));
            assertThat(difference.rules()).isEqualTo("Critical within a week");
        });
        assertThat(told("policy-wanted")).contains(petra).doesNotContain(paul);
        assertThat(jdbc.sql(
                                "select text_body from outbox where template = 'policy-wanted' and recipient = ? and subject like ?")
                        .params(petra, "Your turn: Decide on policy%" + id)
                        .query(String.class)
                        .single())
                .contains("The regulator asks for it.", "Deadline by the organisation", paul, "/camunda/app/tasklist/");
        assertThat(walk.summary(PolicyChange.DECIDE_POLICY))
                .contains("The regulator asks for it.", "/policies/proposals/" + id, "0 added, 0 removed, 1 changed");
        decide(petra, "approve", "as discussed");
        assertThat(proposal().state()).isEqualTo("in-force");
        assertThat(proposal().version()).isEqualTo(base + 1);
        assertThat(passed("EndEvent_InForce")).isEqualTo(1);
        assertThat(decisions
                        .decide(judged("low"), DEADLINE, Map.of("priority", "critical"))
                        .single())
                .containsEntry("days", 5);
        var newcomer = judged("critical");
        assertThat(receipts.newest(newcomer, DEADLINE).orElseThrow().digest())
                .isEqualTo(proposal().digest());
        assertThat(told("policy-outcome")).contains(paul, petra);
        assertThat(deeds())
                .containsExactly(
                        "policy-proposed",
                        "policy-tested",
                        "policy-tried-on-history",
                        "policy-approved",
                        "policy-published");
    }

    @Test
    void aTableWithAGapIsRefusedAndItsAuthorReadsWhich() {
        propose(DEADLINE, tables.draft(DEADLINE, "(?s)<rule id=\"Rule_DeadlineOrganisation_1\">.*?</rule>", ""), "pin");
        assertThat(proposal().state()).isEqualTo("unsound");
        assertThat(proposal().problems()).contains("No row for {priority=critical}");
        assertThat(passed("EndEvent_NotSound")).isEqualTo(1);
        assertThat(told("policy-outcome")).containsExactly(paul);
        assertThat(told("policy-wanted")).isEmpty();
        propose(DEADLINE, stricter(), "pin");
        assertThat(proposal().state()).as("the way is free for a better one").isEqualTo("waiting");
    }

    @Test
    void refusesWhatIsNoTableBeforeAnythingIsKept() {
        assertThatThrownBy(() -> propose(DEADLINE, "<a/>".getBytes(), "pin")).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> propose("no-such-table", stricter(), "pin"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no decision table");
        assertThatThrownBy(() -> propose(DEADLINE, stricter(), "whatever")).hasMessageContaining("re-approve");
        assertThatThrownBy(() -> policies.propose(DEADLINE, stricter(), " ", "pin", Actor.person(paul)))
                .hasMessageContaining("Say why");
        assertThatThrownBy(() ->
                        policies.propose(DEADLINE, stricter(), "because", "pin", Actor.person(people.someone("cab"))))
                .hasMessageContaining("Policy authors propose");
        var same = tables.draft(DEADLINE, "<text>7</text>", "<text>7 </text>");
        assertThat(same).isNotEmpty();
        assertThatThrownBy(() -> propose(
                        DEADLINE,
                        new String(same, java.nio.charset.StandardCharsets.UTF_8)
                                .replace("<text>7 </text>", "<text>7</text>")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        "pin"))
                .hasMessageContaining("is in force");
    }

    @Test
    void refusesASecondOpenProposalForTheSameTable() {
        propose(DEADLINE, stricter(), "pin");
        var other = people.someone("policy-author");
        assertThatThrownBy(() -> policies.propose(
                        DEADLINE,
                        tables.draft(DEADLINE, "<text>30</text>", "<text>20</text>"),
                        "why",
                        "pin",
                        Actor.person(other)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(id.value());
    }

    @Test
    void ofTwoProposalsAtTheSameMomentOneIsRefused() throws Exception {
        var draft = stricter();
        var authors = List.of(people.someone("policy-author"), people.someone("policy-author"));
        var outcomes = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        var start = new java.util.concurrent.CountDownLatch(1);
        var threads = authors.stream()
                .map(author -> new Thread(() -> {
                    try {
                        start.await();
                        outcomes.add(policies.propose(DEADLINE, draft, "why", "pin", Actor.person(author))
                                .value());
                    } catch (Refusal refusal) {
                        outcomes.add(String.valueOf(refusal.getMessage()));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        start.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(outcomes).hasSize(2).filteredOn(ProposalId::isOne).hasSize(1);
        assertThat(outcomes).anyMatch(outcome -> outcome.contains("is still open"));
    }

    @Test
    void whoProposedItDoesNotDecideUnderAnyLoginNorAsASubstitute() {
        assertThatThrownBy(() -> directory.grant(paul, "policy-approver", null, null, ADMINISTRATOR))
                .hasMessageContaining("cannot be in");
        // Past that rule, as by a hand in the database.
        jdbc.sql("""
                        insert into membership (person, team, granted_by)
                        select id, 'policy-approver', 'test' from person where login = ?""").param(paul).update();
        var second = people.someone("policy-approver");
        directory.sameHuman(second, paul, ADMINISTRATOR);
        var stand = people.someone("policy-approver");
        assertThatThrownBy(() -> directory.substitute(
                        paul, stand, clock.instant(), clock.instant().plus(Duration.ofDays(10)), ADMINISTRATOR))
                .hasMessageContaining("cannot be in");
        jdbc.sql("""
                        insert into substitution (absent, substitute, valid_from, valid_to, recorded_by, approved_by,
                                                  approved_at)
                        select a.id, s.id, :now, 'infinity', 'test', 'test', :now from person a, person s
                         where a.login = :absent and s.login = :substitute""")
                .param("now", clock.instant().atOffset(java.time.ZoneOffset.UTC))
                .param("absent", paul)
                .param("substitute", stand)
                .update();
        propose(DEADLINE, stricter(), "pin");
        for (var login : List.of(paul, second, stand)) {
            assertThatThrownBy(() -> decide(login, "approve", "")).as(login).hasMessageContaining("proposed it");
        }
        assertThat(proposal().state()).isEqualTo("waiting");
        decide(petra, "refuse", "not now");
        assertThat(proposal().state()).isEqualTo("refused");
    }

    @Test
    void whoGaveSomebodyTheRoleDoesNotHaveThemDecideOnTheirOwnProposal() {
        var friend = people.someone();
        directory.grant(friend, "policy-approver", null, null, Actor.person(paul));
        propose(DEADLINE, stricter(), "pin");
        assertThatThrownBy(() -> decide(friend, "approve", "")).hasMessageContaining("was given the role by");
    }

    @Test
    void aRefusalSaysWhy() {
        propose(DEADLINE, stricter(), "pin");
        assertThatThrownBy(() -> decide(petra, "refuse", "")).hasMessageContaining("Say why");
        decide(petra, "refuse", "Too strict for the plant.");
        assertThat(passed("EndEvent_Refused")).isEqualTo(1);
        assertThat(proposal().comment()).isEqualTo("Too strict for the plant.");
        assertThat(told("policy-outcome")).containsExactly(paul);
        assertThat(tables.version(DEADLINE)).isEqualTo(proposal().baseVersion());
    }

    @Test
    void silenceIsReminedOfTwiceAndThenRefuses() {
        propose(DEADLINE, stricter(), "pin");
        assertThat(walk.timerOf("BoundaryEvent_NobodyDecided").getDuedate().toInstant())
                .isEqualTo(NOW.plus(Duration.ofDays(7)));
        clock.set(NOW.plus(Duration.ofDays(4)));
        remind();
        clock.set(NOW.plus(Duration.ofDays(6)));
        remind();
        assertThat(told("policy-reminder")).filteredOn(petra::equals).hasSize(2);
        assertThat(proposal().state()).isEqualTo("waiting");
        clock.set(NOW.plus(Duration.ofDays(7)));
        walk.timer("BoundaryEvent_NobodyDecided");
        assertThat(proposal().state()).isEqualTo("refused");
        assertThat(proposal().decidedBy()).isEqualTo("rule:silence");
        assertThat(passed("EndEvent_Refused")).isEqualTo(1);
        assertThat(told("policy-outcome")).containsExactly(paul);
    }

    /** Fires the reminder that is due. */
    private void remind() {
        var management = context.getBean(org.camunda.bpm.engine.ManagementService.class);
        management
                .createJobQuery()
                .processInstanceId(runtime.createProcessInstanceQuery()
                        .processInstanceBusinessKey(id.value())
                        .singleResult()
                        .getId())
                .timers()
                .duedateLowerThan(java.util.Date.from(clock.instant().plusSeconds(1)))
                .list()
                .forEach(job -> management.executeJob(job.getId()));
    }

    @Test
    void itsAuthorTakesItBackAndNobodyElse() {
        propose(DEADLINE, stricter(), "pin");
        assertThatThrownBy(() -> policies.withdraw(id, "not mine", Actor.person(petra)))
                .hasMessageContaining("Only " + paul);
        policies.withdraw(id, "I was wrong.", Actor.person(paul));
        assertThat(proposal().state()).isEqualTo("withdrawn");
        assertThat(passed("EndEvent_Withdrawn")).isEqualTo(1);
        assertThat(walk.isOver()).isTrue();
        assertThatThrownBy(() -> policies.withdraw(id, "again", Actor.person(paul)))
                .hasMessageContaining("withdrawn");
    }

    @Test
    void withdrawnBeforeItWasTestedItEndsWithoutATask() {
        id = policies.propose(DEADLINE, stricter(), "why", "pin", Actor.person(paul));
        policies.withdraw(id, "I was wrong.", Actor.person(paul));
        walk = new ProcessWalk(context, id).jobs();
        assertThat(walk.isOver()).isTrue();
        assertThat(proposal().state()).isEqualTo("withdrawn");
    }

    private void somethingNewerComes() {
        context.getBean(org.camunda.bpm.engine.RepositoryService.class)
                .createDeployment()
                .name("table:" + DEADLINE)
                .addInputStream(
                        "processes/" + DEADLINE + ".dmn",
                        new java.io.ByteArrayInputStream(
                                tables.draft(DEADLINE, "<text>180</text>", "<text>170</text>")))
                .deploy();
    }

    @Test
    void isNotApprovedWhenTheTableHasChangedMeanwhile() {
        propose(DEADLINE, stricter(), "pin");
        somethingNewerComes();
        assertThatThrownBy(() -> decide(petra, "approve", ""))
                .hasMessageContaining("written against version")
                .hasMessageContaining("only be refused");
        decide(petra, "refuse", "outdated");
        assertThat(proposal().state()).isEqualTo("refused");
    }

    @Test
    void isSetAsideWhenTheTableChangesBetweenApprovalAndPublication() {
        propose(DEADLINE, stricter(), "pin");
        walk.submit(PolicyChange.DECIDE_POLICY, petra, Map.of("decision", "approve", "comment", ""));
        somethingNewerComes();
        walk.jobs();
        assertThat(proposal().state()).isEqualTo("outdated");
        assertThat(passed("EndEvent_Outdated")).isEqualTo(1);
        assertThat(told("policy-outcome")).containsExactly(paul);
    }

    @Test
    void aPinnedChangeKeepsTheVersionItBeganWith() {
        var base = tables.version(DEADLINE);
        var change = judged("critical");
        inForce(DEADLINE, stricter(), "pin");
        assertThat(decisions
                        .decide(change, DEADLINE, Map.of("priority", "critical"))
                        .single())
                .as("at once, before its own record says so")
                .containsEntry("days", 7);
        settlement.settle(id, change);
        settlement.settle(id, change);
        assertThat(effect(change)).startsWith("pinned: It keeps version " + base);
        assertThat(deeds(change)).filteredOn("policy-pinned"::equals).hasSize(1);
        assertThat(versionOf(change, DEADLINE)).isEqualTo(base);
        assertThat(receipts.of(change)).allMatch(receipt -> receipts.holds(change, receipt.id()));
        assertThat(jdbc.sql(
                                "select count(*) from scheduled_tasks where task_name = 'settle-policy' and task_instance = ?")
                        .param(id + " " + change)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(versionOf(judged("critical"), DEADLINE)).as("a newcomer").isEqualTo(base + 1);
    }

    @Test
    void aChangeInAssessmentIsJudgedAnewWithAReceiptThatSaysWhy() {
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        runtime.startProcessInstanceByKey(AssessChange.KEY, change.value());
        new ProcessWalk(context, change)
                .jobs()
                .done(
                        AssessChange.TRIAGE,
                        "vulnerability-analyst",
                        Map.of("disposition", "patch", "reason", "patch it"));
        var before = changes.get(change);
        var priority = String.valueOf(before.priority());
        var days = Map.of("critical", "7", "high", "30", "medium", "90", "low", "180")
                .get(priority);
        inForce(DEADLINE, tables.draft(DEADLINE, "<text>" + days + "</text>", "<text>2</text>"), "re-evaluate");
        settlement.settle(id, change);
        assertThat(effect(change)).startsWith("re-evaluated: Judged anew");
        assertThat(deeds(change)).contains("policy-re-evaluated");
        var newest = receipts.newest(change, DEADLINE).orElseThrow();
        assertThat(newest.version()).isEqualTo(proposal().version());
        assertThat(newest.occasion()).contains(id.value());
        assertThat(newest.outputs()).isEqualTo(List.of(Map.of("days", 2)));
        assertThat(changes.get(change).due()).isBefore(before.due());
    }

    @Test
    void aChangeThatNobodyJudgedByItYetIsJudgedByTheNewVersion() {
        var change = new Scene(context).affected("web1").record();
        inForce(DEADLINE, stricter(), "re-evaluate");
        settlement.settle(id, change);
        assertThat(effect(change)).startsWith("re-evaluated:").contains("has not judged it yet");
        assertThat(decisions
                        .decide(change, DEADLINE, Map.of("priority", "critical"))
                        .single())
                .containsEntry("days", 5);
    }

    private Governed voting() {
        var governed = new Governed(context).classified("testing", "normal", "high");
        people.someone("cab");
        people.someone("cab", "security-representative");
        people.someone("change-manager");
        runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, governed.change.value());
        new ProcessWalk(context, governed.change).jobs();
        assertThat(ballots.latest(governed.change).orElseThrow().isOpen()).isTrue();
        return governed;
    }

    @Test
    void votesFallWhenATableTakenAnewSaysSomethingElse() {
        var governed = voting();
        var row = receipts.newest(governed.change, AUTHORITY)
                .orElseThrow()
                .rules()
                .get(0)
                .id()
                .replace("Rule_", "OutputEntry_");
        inForce(AUTHORITY, tables.draft(AUTHORITY, "(\"" + row + "_5\"><text>)[^<]*", "$1 17"), "re-evaluate");
        settlement.settle(id, governed.change);
        new ProcessWalk(context, governed.change).jobs();
        assertThat(effect(governed.change))
                .startsWith("re-evaluated: Judged anew")
                .endsWith("Its votes have fallen.");
        assertThat(ballots.latest(governed.change).orElseThrow().outcome()).isEqualTo("void");
        assertThat(deeds(governed.change)).contains("drift-found", "policy-re-evaluated");
    }

    @Test
    void votesStandWhenATableTakenAnewSaysTheSame() {
        var governed = voting();
        inForce(
                AUTHORITY,
                tables.draft(AUTHORITY, "Emergency: two of the emergency board", "Emergency: two of its board"),
                "re-evaluate");
        settlement.settle(id, governed.change);
        assertThat(effect(governed.change)).contains("says the same as before");
        assertThat(ballots.latest(governed.change).orElseThrow().isOpen()).isTrue();
        assertThat(receipts.newest(governed.change, AUTHORITY).orElseThrow().occasion())
                .contains(id.value());
    }

    @Test
    void everyApprovalIsAskedForAnewWhenTheProposalSaysSo() {
        var governed = voting();
        var voted = new Governed(context).classified("scheduled", "normal", "high");
        voted.approved(people.someone("cab"));
        inForce(DEADLINE, stricter(), "re-approve");
        settlement.settle(id, governed.change);
        settlement.settle(id, voted.change);
        new ProcessWalk(context, governed.change).jobs();
        for (var change : List.of(governed.change, voted.change)) {
            assertThat(ballots.latest(change).orElseThrow().outcome()).isEqualTo("void");
            assertThat(effect(change)).startsWith("re-approved: Its votes have fallen");
            assertThat(deeds(change)).contains("policy-re-approved");
        }
        assertThat(governed.told("escalation")).contains(governed.planner);
    }

    @Test
    void whoMayCarryARiskThatNobodyDecidedOnYetIsAskedAnew() {
        var table = RiskException.DECISION;
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        var request = exceptions.ask(
                new NewExceptionRequest(
                        change,
                        List.of(),
                        "deferral",
                        "the plant runs until summer",
                        "",
                        "",
                        "",
                        clock.instant().plus(Duration.ofDays(5)),
                        null,
                        null),
                Actor.person(people.someone("asset-owner")));
        var process = new ProcessWalk(context, change).jobs();
        process.done(
                "UserTask_GiveOpinion",
                "security-representative",
                Map.of("opinion", "favourable", "text", "fine for a while"));
        assertThat(process.hasTask(RiskException.DECIDE_EXCEPTION)).isTrue();
        var before = requests.get(request);
        var row =
                receipts.newest(change, table).orElseThrow().rules().get(0).id().replace("Rule_", "OutputEntry_");
        inForce(table, tables.draft(table, "(\"" + row + "_2\"><text>)[^<]*", "$1\"change-manager\""), "re-evaluate");
        settlement.settle(id, change);
        assertThat(before.authority()).doesNotContain("change-manager");
        assertThat(requests.get(request).authority()).containsExactly("change-manager");
        assertThat(effect(change)).contains("Judged anew").doesNotContain("votes");
        var task = process.task(RiskException.DECIDE_EXCEPTION);
        assertThat(context.getBean(org.camunda.bpm.engine.TaskService.class).getIdentityLinksForTask(task.getId()))
                .extracting(org.camunda.bpm.engine.task.IdentityLink::getGroupId)
                .containsExactly("change-manager");
    }

    @Test
    void aRolloutThatHasBegunKeepsItsVersionWhateverTheProposalSays() {
        var base = tables.version(DEADLINE);
        var governed = new Governed(context).classified("rolling-out", "normal", "high");
        inForce(DEADLINE, stricter(), "re-approve");
        settlement.settle(id, governed.change);
        assertThat(effect(governed.change)).contains("since its roll-out has begun");
        decisions.decide(governed.change, DEADLINE, Map.of("priority", "critical"));
        assertThat(versionOf(governed.change, DEADLINE)).isEqualTo(base);
    }

    @Test
    void aChangeThatIsOverBeforeItsTurnIsLeftAlone() {
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        inForce(DEADLINE, stricter(), "re-approve");
        scene.put(change, "closed");
        settlement.settle(id, change);
        assertThat(effect(change)).startsWith("closed:");
    }

    @Test
    void aPinIsLiftedWhenALaterProposalWantsEverythingJudgedAnew() {
        var change = judged("critical");
        inForce(DEADLINE, stricter(), "pin");
        settlement.settle(id, change);
        inForce(DEADLINE, tables.draft(DEADLINE, "<text>5</text>", "<text>4</text>"), "re-evaluate");
        settlement.settle(id, change);
        assertThat(decisions
                        .decide(change, DEADLINE, Map.of("priority", "critical"))
                        .single())
                .containsEntry("days", 4);
    }
}
