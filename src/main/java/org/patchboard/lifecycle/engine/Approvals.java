package org.patchboard.lifecycle.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Condition;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange.Scoped;
import org.patchboard.change.Plan.Step;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.notification.Notifications;
import org.patchboard.notification.Recipient;
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

    private final Ballots ballots;
    private final Bookings bookings;
    private final Changes changes;
    private final Plans plans;
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
                         order by c.id""")
                .query((row, number) -> new ChangeId(row.getString(1)))
                .list();
    }

    /**
     * Looks whether a host or a newer version has come up that the plan does not have, and if so voids the votes, gives
     * the window back, mails the difference and has the change planned again. A host that needs nothing any more is no
     * reason: its order finds nothing to do.
     *
     * @return whether the plan has drifted
     */
    public boolean checkDrift(ChangeId change) {
        changes.lock(change);
        var record = changes.get(change);
        var plan = plans.current(change);
        if (plan.isEmpty() || record.state() != ChangeState.AUTHORIZING && record.state() != ChangeState.SCHEDULED) {
            return false;
        }
        var planned = new HashSet<String>();
        plan.get().plan().hosts().forEach(host -> host.steps().forEach(step -> planned.add(key(host.asset(), step))));
        var added = scopes.current(record).scope().stream()
                .filter(scoped -> !planned.contains(key(scoped)))
                .toList();
        if (added.isEmpty()) {
            return false;
        }
        planChanged(change, difference(added));
        return true;
    }

    private static String key(long asset, Step step) {
        return asset + " " + step.ecosystem() + " " + step.name() + " " + step.to();
    }

    private static String key(Scoped scoped) {
        return scoped.asset().value() + " " + scoped.ecosystem() + " " + scoped.name() + " " + scoped.target();
    }

    private String difference(List<Scoped> added) {
        var names = jdbc
                .sql("select id, name from asset where id = any(:ids)")
                .param("ids", added.stream().map(s -> s.asset().value()).toArray(Long[]::new))
                .query((row, number) -> Map.entry(row.getLong("id"), row.getString("name")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return added.stream()
                .limit(20)
                .map(scoped -> "%s now needs %s %s"
                        .formatted(names.get(scoped.asset().value()), scoped.name(), scoped.target()))
                .collect(Collectors.joining("; ", "", added.size() > 20 ? "; and more" : ""));
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
                .map(person -> new Recipient(person.login(), person.name(), person.mail(), person.zone()))
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
