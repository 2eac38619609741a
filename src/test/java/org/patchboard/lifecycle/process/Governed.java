package org.patchboard.lifecycle.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Decision;
import org.patchboard.approval.NewBallot;
import org.patchboard.change.Plan;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.rollout.Estate;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Scope;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A change on its way through approval and calendar, with hosts, people and windows of the test's own. */
public final class Governed {

    public static final Actor MANAGER = Actor.person("test-manager");

    public final ChangeId change;
    public final String planner;
    public final String owner;
    public final TestPeople people;
    private final Estate estate;
    private final Plans plans;
    private final Ballots ballots;
    private final Statements statements;
    private final Windows windows;
    private final Freezes freezes;
    private final JdbcClient jdbc;
    private final Clock clock;

    /** One canary and two more hosts; nothing is booked, voted or tested yet. */
    public Governed(ApplicationContext context) {
        people = context.getBean(TestPeople.class);
        plans = context.getBean(Plans.class);
        ballots = context.getBean(Ballots.class);
        statements = context.getBean(Statements.class);
        windows = context.getBean(Windows.class);
        freezes = context.getBean(Freezes.class);
        jdbc = context.getBean(JdbcClient.class);
        clock = context.getBean(Clock.class);
        owner = people.someone("asset-owner");
        planner = people.someone("patch-coordinator");
        estate = new Estate(context, owner, "simulator", "simulator")
                .ring(1, "canary", Duration.ofMinutes(30), 100, "web1")
                .ring(2, "broad", Duration.ofMinutes(30), 100, "web2", "web3");
        change = estate.change(planner);
        jdbc.sql("delete from booking where change_id = ?")
                .param(change.value())
                .update();
        people.someone("on-call");
    }

    public Governed classified(String state, String changeClass, String risk) {
        jdbc.sql("update change_record set state = ?, class = ?, risk = ? where id = ?")
                .params(state, changeClass, risk, change.value())
                .update();
        return this;
    }

    public PlanRevision plan() {
        return plans.current(change).orElseThrow();
    }

    /** A new revision of the plan with another wish. */
    public PlanRevision wish(@Nullable String earliest) {
        return wish(earliest, planner);
    }

    /** The same by somebody else: from then on that person has edited the plan. */
    public PlanRevision wish(@Nullable String earliest, String author) {
        var plan = plan().plan();
        return plans.store(
                change,
                new Plan(
                        plan.patches(),
                        plan.rings(),
                        plan.strategy(),
                        new Plan.WindowWish(earliest == null ? "" : earliest, "moved by the test"),
                        plan.preChecks(),
                        plan.postChecks(),
                        plan.backup(),
                        plan.backOut(),
                        plan.communication(),
                        plan.reason(),
                        plan.securityImpact(),
                        plan.reboot(),
                        plan.risk()),
                Actor.person(author));
    }

    public Ballot approved(String... approvers) {
        var plan = plan();
        var ballot = ballots.open(new NewBallot(
                change,
                plan.revision(),
                plan.digest(),
                "cab",
                approvers.length,
                List.of(),
                List.of(),
                List.of(approvers),
                clock.instant().plus(Duration.ofHours(48)),
                UUID.randomUUID()));
        for (var approver : approvers) {
            ballots.cast(new Ballots.NewVote(
                    change,
                    ballot.revision(),
                    ballot.round(),
                    approver,
                    List.of("cab"),
                    Decision.APPROVE,
                    "",
                    plan.digest()));
        }
        return ballots.latest(change).orElseThrow();
    }

    /** The same, and the last one sets a condition. */
    public Ballot approvedOn(String condition, String... approvers) {
        var plan = plan();
        var ballot = ballots.open(new NewBallot(
                change,
                plan.revision(),
                plan.digest(),
                "cab",
                approvers.length,
                List.of(),
                List.of(),
                List.of(approvers),
                clock.instant().plus(Duration.ofHours(48)),
                UUID.randomUUID()));
        for (var approver : approvers) {
            var last = approver.equals(approvers[approvers.length - 1]);
            ballots.cast(new Ballots.NewVote(
                    change,
                    ballot.revision(),
                    ballot.round(),
                    approver,
                    List.of("cab"),
                    last ? Decision.APPROVE_WITH_CONDITIONS : Decision.APPROVE,
                    last ? condition : "",
                    plan.digest()));
        }
        return ballots.latest(change).orElseThrow();
    }

    public Governed signedOff(String verdict) {
        statements.record(change, plan().revision(), "test-sign-off", verdict, "", Actor.person("tess"));
        return this;
    }

    /** In UTC, for the group of the change. */
    public CalendarEntry window(String start, String duration, @Nullable String rule) {
        return windows.add(draft("Window " + estate.name(""), start, duration, rule, List.of()), MANAGER);
    }

    public CalendarEntry freeze(String start, String duration, String... permits) {
        return freezes.add(draft("Freeze " + estate.name(""), start, duration, null, List.of(permits)), MANAGER);
    }

    public void thaw(CalendarEntry freeze) {
        freezes.remove(freeze.id(), MANAGER);
    }

    private EntryDraft draft(String name, String start, String duration, @Nullable String rule, List<String> permits) {
        return new EntryDraft(
                name,
                "UTC",
                LocalDateTime.parse(start),
                Duration.parse(duration),
                rule,
                List.of(),
                Scope.maintenanceGroup(group()),
                permits);
    }

    public String group() {
        return jdbc.sql("select maintenance_group from change_record where id = ?")
                .param(change.value())
                .query(String.class)
                .single();
    }

    /** Another open change, booked in a time, on one of the same hosts or on the other side of one. */
    public ChangeId neighbour(Instant start, Instant end, boolean sameHost) {
        var other = new ChangeId("CHG-" + (900_000_000 + (int) (Math.random() * 90_000_000)));
        var host = plan().plan().hosts().get(0).asset();
        jdbc.sql("""
                        insert into change_record (id, title, reason, state, advisory, maintenance_group, requester, opened_at)
                        values (?, 'Neighbour', 'test', 'scheduled', ?, ?, 'rule:test', ?)""")
                .params(
                        other.value(),
                        "deb/other-" + other,
                        group(),
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        var asset = sameHost ? host : twin(host);
        jdbc.sql("insert into change_asset values (?, ?, 'deb', 'other', '1', '2')")
                .params(other.value(), asset)
                .update();
        jdbc.sql("""
                        insert into booking (change_id, revision, sequence, window_name, zone, starts_at, ends_at, state, booked_at)
                        values (?, 1, 0, 'Other', 'UTC', ?, ?, 'booked', ?)""")
                .params(
                        other.value(),
                        start.atOffset(ZoneOffset.UTC),
                        end.atOffset(ZoneOffset.UTC),
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return other;
    }

    private long twin(long host) {
        var group = "ha-" + UUID.randomUUID();
        jdbc.sql("update asset set ha_group = ? where id = ?")
                .params(group, host)
                .update();
        return jdbc.sql("""
                        insert into asset (name, kind, ha_group, source, first_seen, last_seen, changed_at)
                        values (?, 'server', ?, 'test', now(), now(), now()) returning id""")
                .params("twin-" + UUID.randomUUID(), group)
                .query(Long.class)
                .single();
    }

    public String state() {
        return estate.stateOf(change);
    }

    /** Messages of a template about the change, by recipient. */
    public List<String> told(String template) {
        return jdbc.sql("select recipient from outbox where change_id = ? and template = ? order by recipient")
                .params(change.value(), template)
                .query(String.class)
                .list();
    }

    public String invitation(String template) {
        return jdbc.sql(
                        "select invitation from outbox where change_id = ? and template = ? and recipient = ? order by created_at desc limit 1")
                .params(change.value(), template, owner)
                .query(String.class)
                .single();
    }

    public List<String> deeds() {
        return jdbc.sql("select action from audit_entry where change_id = ? order by seq")
                .param(change.value())
                .query(String.class)
                .list();
    }
}
