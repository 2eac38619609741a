package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.IdentityLink;
import org.patchboard.advisory.FeedImported;
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.exception.ExceptionRequest;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.inventory.InventoryImported;
import org.patchboard.lifecycle.model.ExceptionInForce;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Carries a risk exception from the asking to its end; when it ends, what it covered counts from its original date. */
@UseCase
public class ExceptionProcesses {

    private static final Actor RULE = Actor.system("rule:exception-over");
    private static final Duration OPINION = Duration.ofDays(1);
    private static final int DECISION_DAYS = 5;
    private static final Duration CHECK = Duration.ofDays(3);

    private final ExceptionRequests requests;
    private final Decisions decisions;
    private final Changes changes;
    private final ChangeProcesses processes;
    private final Statements statements;
    private final Duties duties;
    private final RolloutMail mail;
    private final RuntimeService engine;
    private final TaskService tasks;
    private final AsTheHouse house;
    private final JdbcClient jdbc;
    private final Clock clock;

    ExceptionProcesses(
            ExceptionRequests requests,
            Decisions decisions,
            Changes changes,
            ChangeProcesses processes,
            Statements statements,
            Duties duties,
            RolloutMail mail,
            RuntimeService engine,
            TaskService tasks,
            AsTheHouse house,
            JdbcClient jdbc,
            Clock clock) {
        this.requests = requests;
        this.decisions = decisions;
        this.changes = changes;
        this.processes = processes;
        this.statements = statements;
        this.duties = duties;
        this.mail = mail;
        this.engine = engine;
        this.tasks = tasks;
        this.house = house;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Asks for an exception: the request and its process in one transaction.
     *
     * @return the key of the request
     * @throws Refusal when it may not be asked for, or something is missing
     */
    public long ask(NewExceptionRequest wanted, Actor requester) {
        changes.get(wanted.change());
        duties.take(wanted.change(), requester.name(), Duty.ASK_EXCEPTION);
        var id = requests.ask(wanted, requester);
        house.run(() -> engine.startProcessInstanceByKey(
                RiskException.KEY, wanted.change().value(), Map.of(RiskException.EXCEPTION_REQUEST.name(), id)));
        return id;
    }

    /** The table says how large the risk is, who may carry it and for how long. */
    public void determineOwner(ChangeId change, long id) {
        determineOwner(change, id, "");
    }

    /**
     * The table has a new version: who may carry the risks that nobody has decided on yet is determined anew, and those
     * are asked.
     *
     * @param occasion why, kept on the receipts
     * @return whether anything is undecided
     */
    boolean redetermineOwners(ChangeId change, String occasion) {
        var undecided = requests.of(change).stream()
                .filter(request -> request.decision() == null && request.maxDays() != null)
                .map(ExceptionRequest::id)
                .toList();
        for (var id : undecided) {
            determineOwner(change, id, occasion);
            house.run(() -> ask(requests.get(id)));
        }
        return !undecided.isEmpty();
    }

    private void ask(ExceptionRequest request) {
        for (var task : tasks.createTaskQuery()
                .taskDefinitionKey(RiskException.DECIDE_EXCEPTION)
                .processVariableValueEquals(RiskException.EXCEPTION_REQUEST.name(), request.id())
                .list()) {
            tasks.getIdentityLinksForTask(task.getId()).stream()
                    .map(IdentityLink::getGroupId)
                    .filter(group -> group != null && !request.authority().contains(group))
                    .forEach(group -> tasks.deleteCandidateGroup(task.getId(), group));
            request.authority().forEach(group -> tasks.addCandidateGroup(task.getId(), group));
        }
    }

    private void determineOwner(ChangeId change, long id, String occasion) {
        var request = requests.get(id);
        var priority = changes.get(change).priority();
        var outcome = decisions.decide(
                change,
                RiskException.DECISION,
                Map.of(
                        "kind",
                        request.kind(),
                        "exploited",
                        requests.basis(request).exploited(),
                        "priority",
                        // Nothing is known of an unjudged change, so it counts as the worst.
                        priority == null ? "critical" : priority),
                occasion);
        var row = outcome.single();
        requests.sized(
                id,
                new ExceptionRequests.Size(
                        String.valueOf(row.get("residualRisk")),
                        Arrays.stream(String.valueOf(row.get("authority")).split(","))
                                .map(String::strip)
                                .toList(),
                        Double.valueOf(String.valueOf(row.get("maxDays"))).intValue(),
                        Boolean.TRUE.equals(row.get("opinionBinds")),
                        outcome.receipt()));
    }

    public void opinion(long id, boolean favourable, String text, Actor actor) {
        requests.opinion(id, favourable, text, actor);
    }

    /** The owner of the risk decides; who may has been checked by the task. */
    public void decide(long id, boolean accepted, Instant until, String reason, Actor actor) {
        var change = requests.get(id).change();
        if (accepted) {
            var renewed = requests.get(id).renews();
            requests.accept(id, until, reason, actor);
            if (renewed != null) {
                tellRevoked(change, renewed);
            }
        } else {
            requests.refuse(id, reason, actor);
        }
        statements.record(change, 0, "exception", accepted ? "accepted" : "refused", reason, actor);
    }

    /** Nobody decided: silence is no consent. */
    public void refuseForSilence(long id) {
        requests.refuseForSilence(id);
        mail.exceptionRefused(requests.get(id), "Nobody decided in time, so the exception is refused.");
    }

    /** Watches exceptions that were accepted on another way than by the process of their request. */
    public void watch(ChangeId change, long id) {
        requests.keepBasis(requests.get(id));
        house.run(() -> engine.startProcessInstanceByKey(
                ExceptionInForce.KEY, change.value(), Map.of(RiskException.EXCEPTION_REQUEST.name(), id)));
    }

    /** @return {@code warn}, {@code check} or {@code expired} */
    public String mind(long id) {
        var step = requests.mind(id);
        if (step == ExceptionRequests.Step.WARN) {
            requests.granted(id).stream()
                    .filter(exception -> exception.endedAt() == null)
                    .findFirst()
                    .ifPresent(exception -> mail.exceptionEnding(requests.get(id), exception.until(), clock.instant()));
        }
        return step.name().toLowerCase(Locale.ROOT);
    }

    /** What holds the risk down was looked at. @return whether it still does */
    public boolean checked(long id, boolean holds, String evidence, Actor actor, Optional<Instant> next) {
        requests.checked(id, evidence, next.orElse(null), actor);
        statements.record(requests.get(id).change(), 0, "control-check", holds ? "holds" : "failed", evidence, actor);
        return holds;
    }

    /** Ends it because what holds the risk down has failed, or nobody has looked. */
    public void controlFailed(long id) {
        end(id, "what holds the risk down does not, or nobody has looked whether it does", RULE);
    }

    /**
     * Somebody ends an exception before its time.
     *
     * @throws Refusal when nothing that the request brought is in force, or no reason is given
     */
    public void revoke(long id, String why, Actor actor) {
        if (why.isBlank()) {
            throw Refusal.incomplete("Say why the exception is revoked.");
        }
        var change = requests.get(id).change();
        if (end(id, why, actor) == 0) {
            throw Refusal.conflict("Nothing that request %d brought is in force.".formatted(id));
        }
        tellRevoked(change, id);
    }

    private int end(long id, String why, Actor actor) {
        int ended = requests.end(id, why, actor);
        if (ended > 0) {
            mail.exceptionRevoked(requests.get(id), why);
        }
        return ended;
    }

    @EventListener
    void on(FeedImported event) {
        revokeOutdated();
    }

    @EventListener
    void on(InventoryImported event) {
        revokeOutdated();
    }

    /** Ends what rested on something that is worse now. @return how many requests were concerned */
    public int revokeOutdated() {
        var outdated = requests.outdated();
        outdated.forEach((id, why) -> {
            end(id, why, RULE);
            tellRevoked(requests.get(id).change(), id);
        });
        return outdated.size();
    }

    private void tellRevoked(ChangeId change, long id) {
        house.run(() -> engine.createMessageCorrelation(ExceptionInForce.REVOKED)
                .processInstanceBusinessKey(change.value())
                .processInstanceVariableEquals(RiskException.EXCEPTION_REQUEST.name(), id)
                .correlateAll());
    }

    /**
     * What an exception covered counts again: findings are open work from their original date, and when their change is
     * closed another is opened for them.
     */
    public void reopen(ChangeId change, long id) {
        var record = changes.get(change);
        if (record.state().isOpen()) {
            return; // its own verification finds the hosts
        }
        var request = requests.get(id);
        int open = jdbc.sql("""
                        update finding f set change_id = null
                         where f.change_id = :change and f.state = 'open'
                           and (cardinality(:assets) = 0 or f.asset = any(:assets))
                           and not exists (select from risk_exception e
                                            where e.change_id = :change and e.ended_at is null
                                              and (e.asset is null or e.asset = f.asset))""")
                .param("change", change.value())
                .param("assets", request.assets().stream().map(AssetId::value).toArray(Long[]::new))
                .update();
        if (open == 0) {
            return;
        }
        try {
            processes.open(
                    record.advisory(),
                    record.maintenanceGroup(),
                    record.title(),
                    "An exception from %s is over; its findings count from their original date.".formatted(change),
                    RULE);
        } catch (Refusal refusal) {
            statements.record(
                    change, 0, "exception-over", "carried-elsewhere", String.valueOf(refusal.getMessage()), RULE);
        }
    }

    /** Until when security is waited for. */
    public Instant opinionDue() {
        return clock.instant().plus(OPINION);
    }

    /** Until when the owner of the risk is waited for: five business days. */
    public Instant decisionDue(ChangeId change) {
        return Clocks.businessDays(clock.instant(), DECISION_DAYS, zoneOf(change));
    }

    /** Until when the control must have been looked at. */
    public Instant checkDue() {
        return clock.instant().plus(CHECK);
    }

    private ZoneId zoneOf(ChangeId change) {
        return ZoneId.of(jdbc.sql("select zone from maintenance_group where id = ?")
                .param(changes.get(change).maintenanceGroup())
                .query(String.class)
                .single());
    }

    /** Names of the hosts that a request concerns. */
    public Collection<String> hosts(ExceptionRequest request) {
        return request.assets().isEmpty()
                ? List.of("the whole change")
                : jdbc.sql("select name from asset where id = any(?) order by name")
                        .param(request.assets().stream().map(AssetId::value).toArray(Long[]::new))
                        .query(String.class)
                        .list();
    }

    /** Hosts of a change by name. @throws Refusal when one is not in its scope */
    public List<AssetId> assets(ChangeId change, Collection<String> names) {
        return names.stream()
                .map(name -> jdbc.sql("""
                                select a.id from asset a join change_asset s on s.asset = a.id
                                 where s.change_id = ? and a.name = ? limit 1""")
                        .params(change.value(), name)
                        .query(Long.class)
                        .optional()
                        .map(AssetId::new)
                        .orElseThrow(() -> Refusal.incomplete(
                                "The host \"%s\" is not in the scope of %s.".formatted(name, change))))
                .toList();
    }
}
