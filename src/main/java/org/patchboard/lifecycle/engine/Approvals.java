package org.patchboard.lifecycle.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Condition;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Drifts;
import org.patchboard.change.NewChange.Scoped;
import org.patchboard.change.Plan.Step;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.notification.Notifications;
import org.patchboard.risk.Decisions;
import org.patchboard.schedule.Bookings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether an approval still covers what is there, and what happens when it does not: the votes fall (law 4). */
@UseCase
public class Approvals {

    private static final Actor ACTOR = Actor.system("drift");

    /** A plan that the board has refused so often is not planned again. */
    private static final int REFUSALS = 3;

    /** The decision table that says which drift voids the votes. */
    static final String MATERIALITY = "drift-materiality";

    /** How that table names a decision that a new policy has changed. */
    private static final String DECIDED_OTHERWISE = "decision-changed";

    private static final List<String> PRIORITIES = List.of("critical", "high", "medium", "low");

    private final Ballots ballots;
    private final Bookings bookings;
    private final Changes changes;
    private final Plans plans;
    private final Drifts drifts;
    private final Decisions decisions;
    private final Scopes scopes;
    private final People people;
    private final Notifications notifications;
    private final ChangeLinks links;
    private final BoardMail mail;
    private final RuntimeService engine;
    private final AsTheHouse house;
    private final JdbcClient jdbc;

    Approvals(
            Ballots ballots,
            Bookings bookings,
            Changes changes,
            Plans plans,
            Drifts drifts,
            Decisions decisions,
            Scopes scopes,
            People people,
            Notifications notifications,
            ChangeLinks links,
            BoardMail mail,
            RuntimeService engine,
            AsTheHouse house,
            JdbcClient jdbc) {
        this.ballots = ballots;
        this.bookings = bookings;
        this.changes = changes;
        this.plans = plans;
        this.drifts = drifts;
        this.decisions = decisions;
        this.scopes = scopes;
        this.people = people;
        this.notifications = notifications;
        this.links = links;
        this.mail = mail;
        this.engine = engine;
        this.house = house;
        this.jdbc = jdbc;
    }

    /** Whether the board has refused three plans of the change. */
    public boolean isRefusedForGood(ChangeId change) {
        return ballots.of(change).stream()
                        // Oldest first: of several rounds about one plan the last says what became of it.
                        .collect(Collectors.toMap(Ballot::revision, Function.identity(), (earlier, later) -> later))
                        .values()
                        .stream()
                        .filter(Approvals::isRefused)
                        .count()
                >= REFUSALS;
    }

    /** Whether the board has refused exactly this plan; silence until the deadline counts as a refusal. */
    public boolean isRefused(PlanRevision plan) {
        return ballots.latest(plan.change(), plan.revision())
                .filter(Approvals::isRefused)
                .isPresent();
    }

    /** Whether the approval in force depends on something that nobody has confirmed yet. */
    public boolean hasOpenConditions(ChangeId change) {
        return ballots.latest(change)
                .filter(Ballot::isApproved)
                .filter(ballot -> ballots.conditions(ballot).stream().anyMatch(Condition::isOpen))
                .isPresent();
    }

    private static boolean isRefused(Ballot ballot) {
        return "rejected".equals(ballot.outcome()) || "expired".equals(ballot.outcome());
    }

    /** Changes that are voted on or scheduled and whose hosts or versions may be others now. */
    List<ChangeId> suspects() {
        return jdbc.sql("""
                        select c.id from change_record c
                         where c.state in ('authorizing', 'scheduled')
                           and exists (select from finding f join asset a on a.id = f.asset
                                        where f.state = 'open' and f.fixed_version is not null
                                          and a.maintenance_group = c.maintenance_group
                                          and f.ecosystem || '/' || f.package = c.advisory
                                          and (f.change_id is null
                                               or f.change_id = c.id
                                                  and f.last_seen > (select max(p.at) from plan_revision p
                                                                      where p.change_id = c.id)))
                            or c.state in ('authorizing', 'scheduled') and exists (
                                select from plan_revision p
                                 where p.change_id = c.id
                                   and p.revision = (select max(revision) from plan_revision n where n.change_id = c.id)
                                   and (p.canonical::jsonb #>> '{risk,priority}' <> c.priority
                                        or nullif(p.canonical::jsonb #>> '{risk,due}', '')::timestamptz <> c.due_at)
                                   and not exists (select from drift d where d.change_id = c.id and d.revision = p.revision
                                                      and d.kind like any(array['priority-%', 'deadline-%'])
                                                      and d.found_at >= p.at and not d.material))
                         order by c.id""")
                .query((row, number) -> new ChangeId(row.getString(1)))
                .list();
    }

    /**
     * Looks where what is there differs from the plan. Which differences void the votes is said by a table; then the
     * window is given back, the difference is mailed and the change planned again. The others are kept with their receipt.
     *
     * @return whether the plan has drifted materially
     */
    public boolean checkDrift(ChangeId change) {
        changes.lock(change);
        var record = changes.get(change);
        var plan = plans.current(change);
        if (plan.isEmpty() || record.state() != ChangeState.AUTHORIZING && record.state() != ChangeState.SCHEDULED) {
            return false;
        }
        var known = drifts.of(change);
        var material = new ArrayList<String>();
        differences(record, plan.get()).forEach((kind, detail) -> {
            var before = known.stream()
                    .filter(drift -> drift.revision() == plan.get().revision()
                            && drift.kind().equals(kind)
                            && drift.detail().equals(detail))
                    .findFirst();
            if (before.map(Drifts.Drift::material).orElseGet(() -> isMaterial(plan.get(), kind, detail))) {
                material.add(detail);
            }
        });
        if (material.isEmpty()) {
            return false;
        }
        planChanged(change, String.join("; ", material));
        return true;
    }

    /**
     * A table was taken anew and says something else than what the plan rests on. Whether that voids the votes is said by
     * the same table as for every other drift.
     *
     * @return whether the votes have fallen
     */
    boolean decidedOtherwise(ChangeId change, String detail) {
        var plan = plans.current(change);
        if (plan.isEmpty() || !isApprovable(change) || !isMaterial(plan.get(), DECIDED_OTHERWISE, detail)) {
            return false;
        }
        planChanged(change, detail);
        return true;
    }

    /** Whether a plan of the change is voted on or approved, and nothing has begun. */
    boolean isApprovable(ChangeId change) {
        var state = changes.get(change).state();
        return state == ChangeState.AUTHORIZING || state == ChangeState.SCHEDULED;
    }

    private boolean isMaterial(PlanRevision plan, String kind, String detail) {
        var outcome = decisions.decide(plan.change(), MATERIALITY, Map.of("kind", kind));
        var material = Boolean.TRUE.equals(outcome.single().get("material"));
        drifts.record(plan.change(), plan.revision(), kind, detail, material, outcome.receipt());
        return material;
    }

    /** By kind, as the table names it, what is different, in words. */
    private Map<String, String> differences(ChangeRecord record, PlanRevision plan) {
        var planned = new HashSet<String>();
        var hosts = new HashMap<Long, String>();
        for (var host : plan.plan().hosts()) {
            hosts.put(host.asset(), host.name());
            host.steps().forEach(step -> planned.add(key(host.asset(), step)));
        }
        var needed = scopes.current(record).scope();
        var differences = new LinkedHashMap<String, String>();
        say(
                differences,
                "host-added",
                needed.stream()
                        .filter(scoped -> !hosts.containsKey(scoped.asset().value()))
                        .toList());
        say(
                differences,
                "newer-version",
                needed.stream()
                        .filter(scoped -> hosts.containsKey(scoped.asset().value()) && !planned.contains(key(scoped)))
                        .toList());
        var needing = needed.stream().map(scoped -> scoped.asset().value()).collect(Collectors.toSet());
        var settled = hosts.entrySet().stream()
                .filter(host -> !needing.contains(host.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        if (!settled.isEmpty()) {
            differences.put("host-settled", shortened(settled.stream(), settled.size()) + " needs nothing any more");
        }
        risk(record, plan, differences);
        return differences;
    }

    private static void risk(ChangeRecord record, PlanRevision plan, Map<String, String> differences) {
        var weighed = plan.plan().risk();
        var now = record.priority();
        if (now != null && PRIORITIES.contains(weighed.priority()) && !now.equals(weighed.priority())) {
            differences.put(
                    PRIORITIES.indexOf(now) < PRIORITIES.indexOf(weighed.priority())
                            ? "priority-raised"
                            : "priority-lowered",
                    "the priority is %s now, the plan weighed %s".formatted(now, weighed.priority()));
        }
        var due = record.due();
        if (due != null && !weighed.due().isEmpty() && !due.equals(Instant.parse(weighed.due()))) {
            differences.put(
                    due.isBefore(Instant.parse(weighed.due())) ? "deadline-earlier" : "deadline-later",
                    "the deadline is %s now, the plan weighed %s".formatted(due, weighed.due()));
        }
    }

    private static String key(long asset, Step step) {
        return asset + " " + step.ecosystem() + " " + step.name() + " " + step.to();
    }

    private static String key(Scoped scoped) {
        return scoped.asset().value() + " " + scoped.ecosystem() + " " + scoped.name() + " " + scoped.target();
    }

    private void say(Map<String, String> differences, String kind, List<Scoped> added) {
        if (added.isEmpty()) {
            return;
        }
        var names = jdbc
                .sql("select id, name from asset where id = any(:ids)")
                .param("ids", added.stream().map(s -> s.asset().value()).toArray(Long[]::new))
                .query((row, number) -> Map.entry(row.getLong("id"), row.getString("name")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        differences.put(
                kind,
                shortened(
                        added.stream()
                                .map(scoped -> "%s now needs %s %s"
                                        .formatted(names.get(scoped.asset().value()), scoped.name(), scoped.target()))
                                .sorted(),
                        added.size()));
    }

    private static String shortened(Stream<String> words, int count) {
        return words.limit(20).collect(Collectors.joining("; ", "", count > 20 ? "; and more" : ""));
    }

    /** The plan is no longer the one voted on: the votes fall, the window is given back, and the process plans again. */
    public void planChanged(ChangeId change, String reason) {
        drop(change, reason, ACTOR);
        var record = changes.get(change);
        var voters = ballots.votes(change).stream()
                .map(vote -> vote.login())
                .distinct()
                .toList();
        var told = Stream.of(
                        people.persons(voters),
                        people.persons(List.of(owner(record.maintenanceGroup()))),
                        people.members("patch-coordinator"))
                .flatMap(List::stream)
                .distinct()
                .map(Recipients::of)
                .toList();
        Map<String, Object> model = new HashMap<>();
        model.put("change", links.describe(change));
        model.put("reason", "The plan has changed and its approval is void");
        model.put("detail", reason);
        notifications.tell(
                "escalation",
                change,
                told,
                model,
                null,
                change + ":drift:"
                        + plans.current(change).map(plan -> plan.revision()).orElse(0) + ":"
                        + ballots.of(change).size());
        house.run(() -> engine.createMessageCorrelation(PatchChange.PLAN_CHANGED)
                .processInstanceBusinessKey(change.value())
                .correlateAll());
    }

    /** Takes back every vote and the window; those invited get the cancellation. */
    void drop(ChangeId change, String reason, Actor actor) {
        ballots.voidAll(change, reason, actor);
        bookings.cancel(change, reason, actor).ifPresent(booking -> mail.cancelled(booking, reason));
    }

    private String owner(String maintenanceGroup) {
        return jdbc.sql("select owner from maintenance_group where id = ?")
                .param(maintenanceGroup)
                .query(String.class)
                .single();
    }
}
