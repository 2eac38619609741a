package org.patchboard.lifecycle.engine;

import static org.patchboard.lifecycle.model.ScheduleChange.FOUND;
import static org.patchboard.lifecycle.model.ScheduleChange.GO;
import static org.patchboard.lifecycle.model.ScheduleChange.HELD;
import static org.patchboard.lifecycle.model.ScheduleChange.MISSED;
import static org.patchboard.lifecycle.model.ScheduleChange.MOVED;
import static org.patchboard.lifecycle.model.ScheduleChange.NONE;
import static org.patchboard.lifecycle.model.ScheduleChange.REPLAN;
import static org.patchboard.lifecycle.model.ScheduleChange.SEARCH;
import static org.patchboard.lifecycle.model.ScheduleChange.WAITING;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.schedule.Booking;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.Conflicts;
import org.patchboard.schedule.GateAnswers;
import org.patchboard.schedule.Slot;
import org.patchboard.schedule.Slots;
import org.patchboard.schedule.WindowProposals;
import org.patchboard.schedule.WindowProposals.Proposal;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** Brings an approved plan into a window, and looks at everything again before it opens. */
@UseCase
public class Scheduling {

    private static final Actor ACTOR = Actor.system("scheduling");

    /** How long before the window the first look is taken. */
    static final Duration EARLY_LOOK = Duration.ofHours(24);

    /** What an owner is given at least to consent: a proposal that ends as it is made would be made again and again. */
    static final Duration TO_CONSENT = Duration.ofHours(1);

    private final Changes changes;
    private final Plans plans;
    private final Slots slots;
    private final Conflicts conflicts;
    private final WindowProposals proposals;
    private final Bookings bookings;
    private final GateAnswers answers;
    private final Readiness readiness;
    private final Statements statements;
    private final BoardMail mail;
    private final ScheduleSettings settings;
    private final Clock clock;

    Scheduling(
            Changes changes,
            Plans plans,
            Slots slots,
            Conflicts conflicts,
            WindowProposals proposals,
            Bookings bookings,
            GateAnswers answers,
            Readiness readiness,
            Statements statements,
            BoardMail mail,
            ScheduleSettings settings,
            Clock clock) {
        this.changes = changes;
        this.plans = plans;
        this.slots = slots;
        this.conflicts = conflicts;
        this.proposals = proposals;
        this.bookings = bookings;
        this.answers = answers;
        this.readiness = readiness;
        this.statements = statements;
        this.mail = mail;
        this.settings = settings;
        this.clock = clock;
    }

    /** Looks for what stands against the plan's time. @return {@code none}, {@code soft} or {@code hard} */
    public String findConflicts(ChangeId change) {
        var plan = plan(change);
        var record = changes.get(change);
        var unanswered =
                conflicts.find(PlanQuestions.about(record, plan, earliest(record, plan), wanted(plan), null)).stream()
                        .filter(conflict -> !conflict.isWaived())
                        .toList();
        if (unanswered.isEmpty()) {
            return "none";
        }
        return unanswered.stream().anyMatch(conflict -> conflict.hard()) ? "hard" : "soft";
    }

    /**
     * Finds the earliest window. A live booking that still has the time is kept, as is a window that its owner consented
     * to.
     *
     * @return found, moved (the owner has to consent) or none
     */
    public String findWindow(ChangeId change) {
        var plan = plan(change);
        var record = changes.get(change);
        if (keepsBooking(change, plan) || keepsConsent(record, plan)) {
            return FOUND;
        }
        var wish = wish(change, plan);
        var slot = slot(record, plan, earliest(record, plan));
        var answerable = clock.instant().plus(TO_CONSENT);
        if (isMoved(wish, slot) && slot.get().start().isBefore(answerable)) {
            slot = slot(record, plan, answerable);
        }
        if (slot.isEmpty()) {
            findConflicts(change);
            return NONE;
        }
        var moved = isMoved(wish, slot);
        var proposal = proposals.propose(
                change, plan.revision(), slot.get(), wish.map(Wish::start).orElse(null), moved, ACTOR);
        return proposal.answer() == null ? MOVED : FOUND;
    }

    private Optional<Slot> slot(ChangeRecord change, PlanRevision plan, Instant from) {
        return slots.earliest(PlanQuestions.scope(plan), from, wanted(plan), PlanQuestions.classOf(change));
    }

    private static boolean isMoved(Optional<Wish> wish, Optional<Slot> slot) {
        return wish.isPresent() && slot.isPresent() && !wish.get().covers(slot.get());
    }

    private boolean keepsBooking(ChangeId change, PlanRevision plan) {
        var live = bookings.live(change);
        if (live.isEmpty()) {
            return false;
        }
        if (live.get().revision() != plan.revision()) {
            giveBack(change, "the plan has changed");
            return false;
        }
        if (hasTime(live.get(), plan)) {
            return true;
        }
        miss(change, "there is no longer enough time in it");
        return false;
    }

    private boolean keepsConsent(ChangeRecord change, PlanRevision plan) {
        return proposals
                .latest(change.id(), plan.revision())
                .filter(proposal -> "consented".equals(proposal.answer()))
                .map(Proposal::slot)
                .filter(slot -> slot.start().isAfter(clock.instant()))
                .filter(slot -> slots.earliest(
                                PlanQuestions.scope(plan), slot.start(), wanted(plan), PlanQuestions.classOf(change))
                        .filter(slot::equals)
                        .isPresent())
                .isPresent();
    }

    /** Books the window found and invites those concerned. */
    public void book(ChangeId change) {
        var plan = plan(change);
        changes.moveTo(change, ChangeState.SCHEDULED, ACTOR);
        if (bookings.live(change).filter(b -> b.revision() == plan.revision()).isPresent()) {
            return;
        }
        var proposal = proposals
                .latest(change, plan.revision())
                .filter(p -> "consented".equals(p.answer()))
                .orElseThrow(() -> new IllegalStateException("no window of " + change + " is consented to"));
        mail.booked(bookings.book(change, plan.revision(), proposal.slot(), ACTOR));
    }

    /** When is looked next: a day before the window, or when it opens. */
    public Instant nextLook(ChangeId change) {
        var start = bookings.live(change).map(Booking::start).orElseGet(clock::instant);
        var early = start.minus(EARLY_LOOK);
        return clock.instant().isBefore(early) ? early : start;
    }

    /**
     * Looks at everything again. A timer that fires late finds the window short or shut: nothing starts late.
     *
     * @return go, waiting (green, not open yet), held or missed
     */
    public String preFlight(ChangeId change) {
        var plan = plan(change);
        var booking = bookings.live(change);
        if (booking.isEmpty() || booking.get().revision() != plan.revision()) {
            return MISSED;
        }
        if (!hasTime(booking.get(), plan)) {
            miss(change, "there is no longer enough time in it");
            return MISSED;
        }
        var open = !clock.instant().isBefore(booking.get().start());
        var against = readiness.againstPlan(
                plan, change, RunTime.of(plan.plan(), settings).needed());
        answers.recordPreFlight(change, plan.revision(), open ? "T-0" : "T-24h", against);
        if (!against.isEmpty()) {
            return HELD;
        }
        if (!open) {
            return WAITING;
        }
        bookings.use(change, ACTOR);
        return GO;
    }

    /** What the owner says to the window proposed. */
    public void consent(ChangeId change, boolean consents, String comment, Actor owner) {
        var revision = plan(change).revision();
        proposals.answer(change, revision, consents, comment, owner);
        statements.record(change, revision, "window-consent", consents ? "consent" : "refuse", comment, owner);
    }

    /**
     * What a change manager decides about a change that cannot go on.
     *
     * @param decision {@code look-again}, {@code next-window} or {@code replan}
     * @return search or replan
     */
    public String decideOnHold(ChangeId change, String decision, String reason, Actor manager) {
        var revision = plan(change).revision();
        statements.record(change, revision, "schedule-hold", decision, reason, manager);
        if (decision.equals("look-again")) {
            return SEARCH;
        }
        bookings.cancel(change, reason, manager).ifPresent(booking -> mail.cancelled(booking, reason));
        if (decision.equals("replan")) {
            return REPLAN;
        }
        proposals.passOver(change, revision, reason, manager);
        return SEARCH;
    }

    /** Until when the owner can consent to what is proposed. */
    public Instant proposalEnds(ChangeId change) {
        return proposals
                .latest(change, plan(change).revision())
                .map(proposal -> proposal.slot().start())
                .orElseGet(clock::instant);
    }

    private void giveBack(ChangeId change, String reason) {
        bookings.cancel(change, reason, ACTOR).ifPresent(booking -> mail.cancelled(booking, reason));
    }

    private void miss(ChangeId change, String reason) {
        bookings.miss(change, reason, ACTOR).ifPresent(booking -> mail.cancelled(booking, "missed: " + reason));
    }

    private boolean hasTime(Booking booking, PlanRevision plan) {
        var now = clock.instant();
        var left = Duration.between(booking.start().isBefore(now) ? now : booking.start(), booking.end());
        return left.compareTo(RunTime.of(plan.plan(), settings).needed()) >= 0;
    }

    private Duration wanted(PlanRevision plan) {
        return RunTime.of(plan.plan(), settings).needed().plus(settings.margin());
    }

    /** After the notice that people are given, not before the wish, and after what was refused. */
    private Instant earliest(ChangeRecord change, PlanRevision plan) {
        var now = clock.instant();
        var notice = PlanQuestions.classOf(change).equals("emergency") ? Duration.ZERO : settings.notice();
        return Stream.of(
                        Optional.of(now.plus(notice)),
                        wished(plan),
                        proposals.refusedUntil(change.id(), plan.revision()))
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .orElse(now);
    }

    private static Optional<Instant> wished(PlanRevision plan) {
        var earliest = plan.plan().window().earliest();
        return earliest.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(earliest));
    }

    /** The time that people have in mind: what was booked before, or the first window that the planner wished for. */
    private record Wish(Instant start, @Nullable Instant end) {

        boolean covers(Slot slot) {
            return end != null && !slot.start().isBefore(start) && slot.start().isBefore(end);
        }
    }

    private Optional<Wish> wish(ChangeId change, PlanRevision plan) {
        var before = bookings.of(change).stream()
                .filter(booking -> booking.revision() == plan.revision())
                .findFirst();
        if (before.isPresent()) {
            return Optional.of(new Wish(before.get().start(), null));
        }
        return wished(plan)
                .map(earliest -> slots.firstWindow(PlanQuestions.scope(plan), earliest)
                        .map(window -> new Wish(window.start(), window.end()))
                        .orElse(new Wish(earliest, null)));
    }

    private PlanRevision plan(ChangeId change) {
        return plans.current(change).orElseThrow(() -> new IllegalStateException(change + " has no plan"));
    }
}
