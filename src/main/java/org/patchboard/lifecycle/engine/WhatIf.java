package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.change.Plans;
import org.patchboard.identity.People;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.ChangeScope;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Slots;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What would become of the open changes if the calendar were another or somebody were away. A freeze or window is really
 * entered, by the same code that would enter it, in a transaction that is rolled back: nothing else could answer as the
 * house itself would.
 */
@Component
public class WhatIf {

    /** Somebody who would be away. */
    public record Absence(String person, Instant from, Instant to) {}

    /**
     * A change that would miss its deadline and today does not.
     *
     * @param before when it can be done as things are
     * @param after when it could be done then; null when never within a year
     */
    public record Late(
            String change,
            String title,
            Instant due,
            Instant before,
            @Nullable Instant after) {}

    /**
     * An open ballot that could no longer be won.
     *
     * @param needed approvals
     * @param left people who could still be among the approvers
     * @param missing groups that must be among the approvers and of which nobody would be left
     */
    public record ImpossibleQuorum(
            String change,
            int revision,
            String authority,
            Instant deadline,
            int needed,
            List<String> left,
            List<String> missing) {
        public ImpossibleQuorum {
            left = List.copyOf(left);
            missing = List.copyOf(missing);
        }
    }

    /** What would follow. */
    public record Answer(List<Late> late, List<ImpossibleQuorum> impossibleQuorums) {
        public Answer {
            late = List.copyOf(late);
            impossibleQuorums = List.copyOf(impossibleQuorums);
        }
    }

    private final Windows windows;
    private final Freezes freezes;
    private final Slots slots;
    private final Bookings bookings;
    private final Changes changes;
    private final Plans plans;
    private final Ballots ballots;
    private final People people;
    private final ScheduleSettings settings;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final TransactionTemplate rolledBack;

    WhatIf(
            Windows windows,
            Freezes freezes,
            Slots slots,
            Bookings bookings,
            Changes changes,
            Plans plans,
            Ballots ballots,
            People people,
            ScheduleSettings settings,
            JdbcClient jdbc,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.windows = windows;
        this.freezes = freezes;
        this.slots = slots;
        this.bookings = bookings;
        this.changes = changes;
        this.plans = plans;
        this.ballots = ballots;
        this.people = people;
        this.settings = settings;
        this.jdbc = jdbc;
        this.clock = clock;
        this.rolledBack = new TransactionTemplate(transactions);
        this.rolledBack.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /**
     * Each of the three may be null, and at least one is not.
     *
     * @throws Refusal when nothing is supposed, or what is supposed could not be entered
     */
    public Answer of(
            @Nullable EntryDraft freeze, @Nullable EntryDraft window, @Nullable Absence absence, Actor whoAsks) {
        if (freeze == null && window == null && absence == null) {
            throw Refusal.incomplete("Suppose something: a freeze, a window or an absence.");
        }
        var late = freeze == null && window == null ? List.<Late>of() : late(freeze, window, whoAsks);
        return new Answer(late, absence == null ? List.of() : impossible(absence));
    }

    private List<Late> late(@Nullable EntryDraft freeze, @Nullable EntryDraft window, Actor whoAsks) {
        var waiting = waiting();
        var before = new LinkedHashMap<ChangeId, Instant>();
        waiting.forEach(change -> {
            var done = done(change);
            if (done != null && !done.isAfter(due(change))) {
                before.put(change.id(), done);
            }
        });
        Map<ChangeId, Instant> after = new LinkedHashMap<>();
        rolledBack.executeWithoutResult(status -> {
            status.setRollbackOnly();
            if (freeze != null) {
                freezes.add(freeze, whoAsks);
            }
            if (window != null) {
                windows.add(window, whoAsks);
            }
            waiting.stream().filter(change -> before.containsKey(change.id())).forEach(change -> {
                var done = done(change);
                if (done != null) {
                    after.put(change.id(), done);
                }
            });
        });
        var late = new ArrayList<Late>();
        for (var change : waiting) {
            var then = after.get(change.id());
            var now = before.get(change.id());
            if (now != null && (then == null || then.isAfter(due(change)))) {
                late.add(new Late(change.id().value(), change.title(), due(change), now, then));
            }
        }
        return late;
    }

    /** Open changes with a deadline that have not begun to be carried out. */
    private List<ChangeRecord> waiting() {
        return jdbc.sql("""
                        select id from change_record
                         where state in ('triage', 'planning', 'testing', 'authorizing', 'scheduled') and due_at is not null
                         order by due_at, id""")
                .query((row, number) -> changes.get(new ChangeId(row.getString(1))))
                .list();
    }

    private static Instant due(ChangeRecord change) {
        var due = change.due();
        return due == null ? Instant.MAX : due;
    }

    /** When the change can be done: in the window it has, if that still holds, else in the next it could have. */
    private @Nullable Instant done(ChangeRecord change) {
        var assets = changes.scopeOf(change.id()).stream()
                .map(NewChange.Scoped::asset)
                .distinct()
                .toList();
        if (assets.isEmpty()) {
            return null;
        }
        var booking = bookings.live(change.id());
        var changeClass = PlanQuestions.classOf(change);
        var notice = changeClass.equals("emergency") ? Duration.ZERO : settings.notice();
        var from = booking.map(it -> it.start()).orElseGet(() -> clock.instant().plus(notice));
        var needed = booking.map(it -> Duration.between(it.start(), it.end()))
                .or(() -> plans.current(change.id())
                        .map(plan -> RunTime.of(plan.plan(), settings).needed().plus(settings.margin())))
                .orElseGet(() -> settings.ringOverhead().multipliedBy(2).plus(settings.margin()));
        return slots.earliest(new ChangeScope(change.id(), assets), from, needed, changeClass)
                .map(slot -> slot.start().plus(needed))
                .orElse(null);
    }

    /** Whoever is away when the time for votes ends counts as away, unless they have voted. */
    private List<ImpossibleQuorum> impossible(Absence absence) {
        if (!absence.from().isBefore(absence.to())) {
            throw Refusal.incomplete("An absence ends after it begins.");
        }
        if (people.person(absence.person()).isEmpty()) {
            throw Refusal.unknown("There is no person " + absence.person() + ".");
        }
        return jdbc
                .sql("select distinct change_id from ballot where outcome is null order by change_id")
                .query((row, number) -> new ChangeId(row.getString(1)))
                .list()
                .stream()
                .flatMap(change -> ballots.latest(change).stream())
                .filter(Ballot::isOpen)
                .filter(ballot -> !absence.from().isAfter(ballot.deadline())
                        && absence.to().isAfter(ballot.deadline()))
                .flatMap(ballot -> impossible(ballot, absence.person()).stream())
                .toList();
    }

    private List<ImpossibleQuorum> impossible(Ballot ballot, String absent) {
        var against = votes(ballot, "decision not in ('approve', 'approve-with-conditions')");
        var voted = votes(ballot, "true");
        var left = ballot.eligible().stream()
                .filter(login -> !against.contains(login))
                .filter(login -> !login.equals(absent) || voted.contains(login))
                .toList();
        var missing = ballot.requiredTeams().stream()
                .filter(team -> left.stream().noneMatch(login -> people.isMember(login, team)))
                .toList();
        if (!ballot.eligible().contains(absent) || left.size() >= ballot.minimumVotes() && missing.isEmpty()) {
            return List.of();
        }
        return List.of(new ImpossibleQuorum(
                ballot.change().value(),
                ballot.revision(),
                ballot.authority(),
                ballot.deadline(),
                ballot.minimumVotes(),
                left,
                missing));
    }

    private List<String> votes(Ballot ballot, String which) {
        return jdbc.sql("""
                        select login from vote
                         where change_id = ? and revision = ? and round = ? and replaced_at is null and\s""" + which)
                .params(ballot.change().value(), ballot.revision(), ballot.round())
                .query(String.class)
                .list();
    }
}
