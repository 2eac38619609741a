package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.BreakGlass;
import org.patchboard.approval.Condition;
import org.patchboard.approval.Tally;
import org.patchboard.change.Changes;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duties;
import org.patchboard.identity.People;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.schedule.Booking;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.Conflict;
import org.patchboard.schedule.Conflicts;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.stereotype.Component;

/** Everything that may stand against installing now, read afresh from the tables at each question (law 1). */
@Component
public class Readiness {

    private static final Set<String> SIGNED_OFF = Set.of("pass", "conditional");

    private final Ballots ballots;
    private final BreakGlass glasses;
    private final Statements statements;
    private final Bookings bookings;
    private final Conflicts conflicts;
    private final Changes changes;
    private final People people;
    private final Duties duties;
    private final KillSwitch killSwitch;
    private final ScheduleSettings settings;
    private final Clock clock;

    Readiness(
            Ballots ballots,
            BreakGlass glasses,
            Statements statements,
            Bookings bookings,
            Conflicts conflicts,
            Changes changes,
            People people,
            Duties duties,
            KillSwitch killSwitch,
            ScheduleSettings settings,
            Clock clock) {
        this.ballots = ballots;
        this.glasses = glasses;
        this.statements = statements;
        this.bookings = bookings;
        this.conflicts = conflicts;
        this.changes = changes;
        this.people = people;
        this.duties = duties;
        this.killSwitch = killSwitch;
        this.settings = settings;
        this.clock = clock;
    }

    /** Every reason against a ring now; empty when it may start. */
    public List<String> againstRing(@Nullable PlanRevision plan, ChangeId change, int ring) {
        var reasons = againstPlan(plan, change, Duration.ZERO);
        if (plan != null) {
            reasons.addAll(againstNow(plan, ring));
        }
        return List.copyOf(reasons);
    }

    /** What stands against the plan itself, wherever the clock is: approval, test, conflicts, somebody on call. */
    List<String> againstPlan(@Nullable PlanRevision plan, ChangeId change, Duration needed) {
        var reasons = new ArrayList<String>();
        if (plan == null) {
            reasons.add("There is no plan.");
            return reasons;
        }
        approval(plan, reasons);
        test(plan, reasons);
        duties(change, reasons);
        conflicts(plan, needed, reasons);
        killSwitch
                .inForce()
                .map(stop -> "Every roll-out was stopped by %s: %s".formatted(stop.setBy(), stop.reason()))
                .ifPresent(reasons::add);
        if (people.members("on-call").isEmpty()) {
            reasons.add("Nobody is on call.");
        }
        return reasons;
    }

    /** What stands against a ring by the clock. */
    private List<String> againstNow(PlanRevision plan, int ring) {
        var now = clock.instant();
        var booking = bookings.live(plan.change());
        if (booking.isEmpty() || booking.get().revision() != plan.revision()) {
            return List.of("No window is booked for revision %d of the plan.".formatted(plan.revision()));
        }
        var window = booking.get();
        if (now.isBefore(window.start())) {
            return List.of("The window opens at %s.".formatted(Moments.utc(window.start())));
        }
        var least = RunTime.least(plan.plan(), ring, settings);
        if (!now.isBefore(window.end())) {
            return List.of("The window closed at %s.".formatted(Moments.utc(window.end())));
        }
        return window.left(now).compareTo(least) < 0
                ? List.of("%d minutes are left in the window; the ring and the way back need %d."
                        .formatted(window.left(now).toMinutes(), least.toMinutes()))
                : List.of();
    }

    private void approval(PlanRevision plan, List<String> reasons) {
        var glass = glasses.inForce(plan.change(), plan.revision());
        if (glass.isPresent()) {
            if (!glass.get().digest().equals(plan.digest())) {
                reasons.add("The plan is not the one for which the glass was broken.");
            }
            return;
        }
        var found = ballots.latest(plan.change(), plan.revision());
        if (found.isEmpty()) {
            reasons.add("Nobody has voted on revision %d of the plan.".formatted(plan.revision()));
            return;
        }
        var ballot = found.get();
        var decided = ballot.decidedAt();
        if (!ballot.isApproved() || decided == null) {
            reasons.add("The vote on revision %d is %s."
                    .formatted(plan.revision(), ballot.isOpen() ? "still open" : ballot.outcome()));
            return;
        }
        if (!ballot.digest().equals(plan.digest())) {
            reasons.add("The plan is not the one that was approved: its digest is %s, the votes are on %s."
                    .formatted(plan.digest().substring(0, 12), ballot.digest().substring(0, 12)));
        }
        if (decided.plus(settings.approvalHolds()).isBefore(clock.instant())) {
            reasons.add("The approval of %s is older than %d days."
                    .formatted(Moments.utc(decided), settings.approvalHolds().toDays()));
        }
        var still = ballots.tallyOfThoseStillEntitled(ballot);
        if (still.state() != Tally.State.APPROVED) {
            reasons.add("Counting only those who may still vote, the approval no longer holds: %s."
                    .formatted(still.sentence()));
        }
        ballots.conditions(ballot).stream()
                .filter(Condition::isOpen)
                .map(condition -> "Nobody has confirmed the condition that %s set: %s"
                        .formatted(condition.setBy(), condition.text()))
                .forEach(reasons::add);
    }

    private void duties(ChangeId change, List<String> reasons) {
        duties.proof(change).constraints().stream()
                .flatMap(constraint -> constraint.violations().stream())
                .map(violation -> "Duties are not separated: " + violation + ".")
                .forEach(reasons::add);
    }

    private void test(PlanRevision plan, List<String> reasons) {
        var signedOff = statements.latest(plan.change(), plan.revision(), "test-sign-off");
        if (signedOff.isEmpty() || !SIGNED_OFF.contains(signedOff.get().verdict())) {
            reasons.add("No tester has signed off revision %d of the plan.".formatted(plan.revision()));
        }
    }

    private void conflicts(PlanRevision plan, Duration needed, List<String> reasons) {
        bookings.live(plan.change())
                .filter(booking ->
                        booking.revision() == plan.revision() && booking.end().isAfter(clock.instant()))
                .ifPresent(booking ->
                        conflicts
                                .find(PlanQuestions.about(changes.get(plan.change()), plan, needed, ahead(booking)))
                                .stream()
                                .filter(conflict -> conflict.hard() && !conflict.isWaived())
                                .filter(conflict -> !conflict.kind().equals("freeze") || !isGlassBroken(plan))
                                .map(Conflict::detail)
                                .forEach(reasons::add));
    }

    /** A freeze does not hold up what two people let go ahead; other changes on the same hosts do. */
    private boolean isGlassBroken(PlanRevision plan) {
        return glasses.inForce(plan.change(), plan.revision()).isPresent();
    }

    private Conflicts.Booked ahead(Booking booking) {
        var now = clock.instant();
        return new Conflicts.Booked(
                booking.windowName(), booking.start().isBefore(now) ? now : booking.start(), booking.end());
    }
}
