package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.BreakGlass;
import org.patchboard.approval.BrokenGlass;
import org.patchboard.change.Changes;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.identity.Reauthentication;
import org.patchboard.lifecycle.model.AfterBreakGlass;
import org.patchboard.lifecycle.model.EmergencyChange;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Scope;
import org.patchboard.schedule.Slot;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;

/**
 * Breaking the glass: two people of the emergency roster let one plan go ahead without the board. The window is made for
 * it and four hours long; the gate, the release and the record are not got around. Everybody who was passed over is told
 * in the same transaction, and people who had no part in it judge it within a day.
 */
@UseCase
public class Emergencies {

    private static final Actor ACTOR = Actor.system("break-glass");
    /** Who may take part; the first of the two is on call. */
    private static final Set<String> ROSTER = Set.of("on-call", "security-representative");

    private static final Duration TO_BREAK = Duration.ofHours(4);
    private static final Duration TO_CONFIRM = Duration.ofMinutes(30);
    private static final Duration TO_JUDGE = Duration.ofHours(24);
    private static final Duration TO_ESCALATE = Duration.ofHours(8);

    private final BreakGlass glasses;
    private final Ballots ballots;
    private final Plans plans;
    private final Changes changes;
    private final Statements statements;
    private final Windows windows;
    private final Bookings bookings;
    private final Reauthentication reauthentication;
    private final RolloutControl control;
    private final People people;
    private final Escalations escalations;
    private final ChangeLinks links;
    private final RuntimeService engine;
    private final TaskService tasks;
    private final FormService forms;
    private final IdentityService identity;
    private final AsTheHouse house;
    private final Clock clock;

    Emergencies(
            BreakGlass glasses,
            Ballots ballots,
            Plans plans,
            Changes changes,
            Statements statements,
            Windows windows,
            Bookings bookings,
            Reauthentication reauthentication,
            RolloutControl control,
            People people,
            Escalations escalations,
            ChangeLinks links,
            RuntimeService engine,
            TaskService tasks,
            FormService forms,
            IdentityService identity,
            AsTheHouse house,
            Clock clock) {
        this.glasses = glasses;
        this.ballots = ballots;
        this.plans = plans;
        this.changes = changes;
        this.statements = statements;
        this.windows = windows;
        this.bookings = bookings;
        this.reauthentication = reauthentication;
        this.control = control;
        this.people = people;
        this.escalations = escalations;
        this.links = links;
        this.engine = engine;
        this.tasks = tasks;
        this.forms = forms;
        this.identity = identity;
        this.house = house;
        this.clock = clock;
    }

    /**
     * What a person does through our API: breaks the glass, or as the second person confirms it.
     *
     * @throws Refusal as the tasks do, or when the emergency board still has time
     */
    public void invoke(ChangeId change, String login, String reason, String incident) {
        if (people.teamsOf(login, change).stream().noneMatch(ROSTER::contains)) {
            throw Refusal.forbidden("Only the emergency roster breaks the glass: those on call and security.");
        }
        var first = task(change, EmergencyChange.BREAK_GLASS);
        var second = task(change, EmergencyChange.CONFIRM_BREAK_GLASS);
        if (first.isEmpty() && second.isEmpty()) {
            var until = ballots.latest(change)
                    .filter(ballot -> ballot.isOpen())
                    .map(ballot -> " The board still has until " + ballot.deadline() + ".")
                    .orElse("");
            throw Refusal.conflict(
                    "Only an emergency that its board has not decided in time can go ahead without it." + until);
        }
        if (first.isPresent()) {
            submit(first.get(), login, Map.of("reason", reason, "incident", incident));
        } else {
            submit(second.orElseThrow(), login, Map.of("decision", "confirm", "comment", reason));
        }
    }

    /**
     * Where the breaking stands.
     *
     * @param asked what the first person said; null while nobody has asked
     * @param against what stands against it now, empty when nothing does
     * @param told how many people are told in the moment it is broken
     */
    public record Step(@Nullable BrokenGlass asked, String against, int hosts, int told) {

        /** Whether this person is the one who is missing, by what is known here; the tasks ask again. */
        public boolean isFor(String login, List<String> groups) {
            return asked == null
                    ? groups.contains("on-call")
                    : groups.stream().anyMatch(ROSTER::contains)
                            && !asked.brokenBy().equals(login);
        }
    }

    /** What can be done now; empty unless the emergency board has let its time pass. */
    public Optional<Step> step(ChangeId change) {
        var confirming = task(change, EmergencyChange.CONFIRM_BREAK_GLASS).isPresent();
        if (!confirming && task(change, EmergencyChange.BREAK_GLASS).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Step(
                confirming ? glass(change) : null,
                confirming ? "" : against(change),
                plan(change).plan().hosts().size(),
                passedOver(change).size()));
    }

    /** The newest breaking of the change that a second person confirmed. */
    public Optional<BrokenGlass> broken(ChangeId change) {
        return glasses.latest(change).filter(BrokenGlass::isConfirmed);
    }

    /** Which task is open is asked as the house: who may do it is asked when it is done. */
    private Optional<Task> task(ChangeId change, String key) {
        var found = new ArrayList<Task>();
        house.run(() -> found.addAll(tasks.createTaskQuery()
                .processInstanceBusinessKey(change.value())
                .taskDefinitionKey(key)
                .listPage(0, 1)));
        return found.stream().findFirst();
    }

    private void submit(Task task, String login, Map<String, Object> answers) {
        var before = identity.getCurrentAuthentication();
        identity.setAuthentication(login, people.teamsOf(login).orElse(List.of()), List.of());
        try {
            if (task.getAssignee() == null) {
                tasks.claim(task.getId(), login);
            }
            forms.submitTaskForm(task.getId(), answers);
        } finally {
            identity.setAuthentication(before);
        }
    }

    /** The first person asks, with the password given again. */
    public void ask(ChangeId change, String reason, String incident, Actor actor) {
        reauthentication.require(actor.name());
        var plan = plan(change);
        glasses.begin(
                change, plan.revision(), plan.digest(), plan.plan().hosts().size(), reason, incident, actor);
    }

    /** The second person confirms, with the password given again, or refuses. */
    public void confirm(ChangeId change, boolean confirmed, String comment, Actor actor) {
        if (confirmed) {
            reauthentication.require(actor.name());
            glasses.confirm(change, actor);
        } else {
            glasses.giveUp(change, comment, actor);
        }
        statements.record(
                change, plan(change).revision(), "break-glass", confirmed ? "confirmed" : "refused", comment, actor);
    }

    /** Makes the window, tells everybody and has it judged. */
    public void goAhead(ChangeId change) {
        var glass = glass(change);
        var from = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var to = from.plus(BreakGlass.LONGEST);
        var window = windows.add(
                new EntryDraft(
                        "Break-glass " + change,
                        "UTC",
                        LocalDateTime.ofInstant(from, ZoneOffset.UTC),
                        BreakGlass.LONGEST,
                        null,
                        List.of(),
                        Scope.maintenanceGroup(changes.get(change).maintenanceGroup()),
                        List.of()),
                ACTOR);
        bookings.cancel(change, "the glass was broken", ACTOR);
        bookings.book(change, glass.revision(), new Slot(window.id(), window.name(), "UTC", from, to), ACTOR);
        tell(
                change,
                passedOver(change),
                "The glass was broken: this change goes ahead without an approval",
                "%s (incident %s). Broken by %s, confirmed by %s, for %d hosts, until %s."
                        .formatted(
                                glass.reason(),
                                glass.incident(),
                                glass.brokenBy(),
                                glass.confirmedBy(),
                                glass.hosts(),
                                to),
                "glass-broken:" + glass.id());
        engine.startProcessInstanceByKey(AfterBreakGlass.KEY, change.value());
    }

    /** Whoever would have decided, the change managers, the risk owners and the auditors. */
    private List<Person> passedOver(ChangeId change) {
        return Stream.of(
                        ballots.latest(change)
                                .map(ballot -> people.persons(ballot.eligible()))
                                .orElse(List.of()),
                        people.members("cab"),
                        people.members("ecab"),
                        people.members("change-manager"),
                        people.members("risk-owner"),
                        people.members("auditor"))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** Nobody broke it, nobody confirmed it, or somebody refused. */
    public void leaveWhole(ChangeId change) {
        glasses.giveUp(change, "it was not confirmed in time", ACTOR);
        tell(
                change,
                people.members("change-manager"),
                "An emergency is refused: nobody decided, and the glass stays whole",
                "",
                "glass-whole:" + change + ":" + clock.instant());
    }

    /** Somebody without a part in it judges. */
    public void judge(ChangeId change, boolean justified, String text, Actor actor) {
        glasses.judge(change, justified, text, actor);
        statements.record(
                change,
                glass(change).revision(),
                "break-glass-judgement",
                justified ? "justified" : "not-justified",
                text,
                actor);
    }

    public void escalateJudgement(ChangeId change) {
        tell(
                change,
                Stream.of(people.members("change-manager"), people.members("risk-owner"))
                        .flatMap(List::stream)
                        .distinct()
                        .toList(),
                "Nobody has judged a broken glass for eight hours",
                "After a day it counts as not justified.",
                "glass-unjudged:" + glass(change).id());
    }

    /** It was not justified, or nobody said so within the day. Nothing more is started under it. */
    public void recordNonConformity(ChangeId change) {
        glasses.judgeSilence(change);
        var glass = glass(change);
        statements.record(change, glass.revision(), "non-conformity", "recorded", glass.verdictText(), ACTOR);
        tell(
                change,
                Stream.of(people.members("change-manager"), people.members("auditor"), people.members("on-call"))
                        .flatMap(List::stream)
                        .distinct()
                        .toList(),
                "A non-conformity: the glass was broken without justification",
                glass.verdictText(),
                "non-conformity:" + glass.id());
    }

    /** What becomes of what was installed. A ring that runs is halted, so that those on call put it back. */
    public void decideRollBack(ChangeId change, boolean back, String reason, Actor actor) {
        statements.record(
                change,
                glass(change).revision(),
                "non-conformity-decision",
                back ? "roll-back" : "keep",
                reason,
                actor);
        if (back) {
            control.haltIfRunning(change, actor, reason);
            tell(
                    change,
                    people.members("on-call"),
                    "What was installed without an approval is to be put back",
                    reason,
                    "glass-roll-back:" + glass(change).id());
        }
    }

    /** The newest of the change. */
    public BrokenGlass glass(ChangeId change) {
        return glasses.latest(change)
                .orElseThrow(() -> new IllegalStateException("nobody broke the glass for " + change));
    }

    /** What stands against breaking it for the plan in force, empty when nothing does. */
    public String against(ChangeId change) {
        var hosts = plan(change).plan().hosts().size();
        if (hosts > BreakGlass.MOST_HOSTS) {
            return "It has too many hosts.";
        }
        return glasses.unreviewed(change)
                .map(other -> "The glass was broken for " + other + ", which has not been reviewed.")
                .orElse("");
    }

    public PlanRevision plan(ChangeId change) {
        return plans.current(change).orElseThrow(() -> new IllegalStateException(change + " has no plan"));
    }

    public Instant breakBy() {
        return clock.instant().plus(TO_BREAK);
    }

    public Instant confirmBy() {
        return clock.instant().plus(TO_CONFIRM);
    }

    public Instant judgeBy() {
        return clock.instant().plus(TO_JUDGE);
    }

    public Instant escalateJudgementAt() {
        return clock.instant().plus(TO_ESCALATE);
    }

    private void tell(ChangeId change, List<Person> told, String reason, String detail, String key) {
        escalations.tell(change, told, reason, Map.of("link", links.page(change), "detail", detail), key);
    }
}
