package org.patchboard.lifecycle.engine;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.patchboard.approval.Ballots;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.risk.Decisions;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What a new policy means for a change that was open when it came into force: it keeps the version it began with, or is
 * judged anew, or is approved anew; one durable task for each change, so that one that fails keeps none of the others.
 */
@UseCase
public class PolicySettlement {

    static final TaskDescriptor<Void> TASK = TaskDescriptor.of("settle-policy");

    /** Decisions that a plan does not rest on: what they say differently voids no vote. */
    private static final Set<String> BESIDE_THE_PLAN = Set.of(OpenChanges.TABLE, RiskException.DECISION, Reviews.TABLE);

    private static final Set<ChangeState> NOT_BEGUN = Set.of(
            ChangeState.TRIAGE,
            ChangeState.PLANNING,
            ChangeState.TESTING,
            ChangeState.AUTHORIZING,
            ChangeState.SCHEDULED);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    private final PolicyProposals proposals;
    private final Decisions decisions;
    private final Receipts receipts;
    private final Assessment assessment;
    private final ExceptionProcesses exceptions;
    private final Approvals approvals;
    private final Ballots ballots;
    private final Changes changes;
    private final ObjectProvider<SchedulerClient> scheduler;
    private final Clock clock;

    PolicySettlement(
            PolicyProposals proposals,
            Decisions decisions,
            Receipts receipts,
            Assessment assessment,
            ExceptionProcesses exceptions,
            Approvals approvals,
            Ballots ballots,
            Changes changes,
            ObjectProvider<SchedulerClient> scheduler,
            Clock clock) {
        this.proposals = proposals;
        this.decisions = decisions;
        this.receipts = receipts;
        this.assessment = assessment;
        this.exceptions = exceptions;
        this.approvals = approvals;
        this.ballots = ballots;
        this.changes = changes;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** Schedules what is to be done, in the caller's transaction. */
    void schedule(ProposalId id) {
        var instances = proposals.toSettle(id).stream()
                .<TaskInstance<?>>map(
                        effect -> TASK.instance(id + " " + effect.change()).build())
                .toList();
        if (!instances.isEmpty()) {
            scheduler.getObject().scheduleBatch(instances, clock.instant());
        }
    }

    /** Does to one change what the proposal says, and says so on the change's own record; may be repeated. */
    public void settle(ProposalId id, ChangeId change) {
        changes.lock(change);
        var effect = proposals.lock(id, change);
        if (effect.isEmpty() || effect.get().effect() != null) {
            return;
        }
        var proposal = proposals.get(id);
        var state = changes.get(change).state();
        if (!state.isOpen()) {
            proposals.settled(proposal, change, "closed", "It was over before its turn came.");
        } else if (effect.get().wanted().equals("pin") || !NOT_BEGUN.contains(state)) {
            pin(proposal, change, state);
        } else if (effect.get().wanted().equals("re-evaluate")) {
            proposals.settled(proposal, change, "re-evaluated", reEvaluate(proposal, change));
        } else {
            proposals.settled(proposal, change, "re-approved", reApprove(proposal, change));
        }
    }

    private void pin(PolicyProposal proposal, ChangeId change, ChangeState state) {
        proposals.pin(proposal, change);
        var kept = proposals.pinned(change, proposal.decision()).orElse(proposal.baseVersion());
        proposals.settled(
                proposal,
                change,
                "pinned",
                "It keeps version %d of \"%s\"%s."
                        .formatted(
                                kept,
                                proposal.name(),
                                NOT_BEGUN.contains(state)
                                        ? ", with which it began"
                                        : ", since its roll-out has begun"));
    }

    private String reApprove(PolicyProposal proposal, ChangeId change) {
        if (!approvals.isApprovable(change)) {
            return "Nothing was approved yet; version %d of \"%s\" applies."
                    .formatted(proposal.version(), proposal.name());
        }
        approvals.planChanged(
                change,
                "version %d of \"%s\" is in force and asks for every approval anew (%s)"
                        .formatted(proposal.version(), proposal.name(), proposal.id()));
        return "Its votes have fallen; it is approved anew under version %d of \"%s\"."
                .formatted(proposal.version(), proposal.name());
    }

    private String reEvaluate(PolicyProposal proposal, ChangeId change) {
        var before = receipts.newest(change, proposal.decision());
        if (before.isEmpty()) {
            return "\"%s\" has not judged it yet; version %d will.".formatted(proposal.name(), proposal.version());
        }
        var occasion = "taken anew because %s brought version %d".formatted(proposal.id(), proposal.version());
        if (proposal.decision().equals(RiskException.DECISION)) {
            if (!exceptions.redetermineOwners(change, occasion)) {
                return "What was decided by \"%s\" stands; version %d judges what is asked for next."
                        .formatted(proposal.name(), proposal.version());
            }
        } else if (!assessment.retake(change, proposal.decision(), occasion)) {
            decisions.decide(change, proposal.decision(), before.get().inputs(), occasion);
        }
        var after = receipts.newest(change, proposal.decision()).orElseThrow();
        var said = "version %d of \"%s\" says %s instead of %s"
                .formatted(
                        proposal.version(),
                        proposal.name(),
                        PolicyFacts.words(after.outputs()),
                        PolicyFacts.words(before.get().outputs()));
        if (BackTests.same(before.get().outputs(), after.outputs())) {
            return "Version %d of \"%s\" says the same as before.".formatted(proposal.version(), proposal.name());
        }
        return voids(proposal, change, said)
                ? "Judged anew: %s. Its votes have fallen.".formatted(said)
                : "Judged anew: %s.".formatted(said);
    }

    /** Priority and deadline stand in the plan and are compared there; of anything else the plan knows the ballot only. */
    private boolean voids(PolicyProposal proposal, ChangeId change, String said) {
        if (BESIDE_THE_PLAN.contains(proposal.decision()) || !approvals.isApprovable(change)) {
            return false;
        }
        if (approvals.checkDrift(change)) {
            return true;
        }
        var standsInThePlan =
                proposal.decision().equals("priority") || proposal.decision().startsWith("deadline-");
        return !standsInThePlan
                && Optional.of(change).flatMap(ballots::latest).isPresent()
                && approvals.decidedOtherwise(change, said);
    }

    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> settlePolicy(PolicySettlement settlement, Clock clock) {
            return Tasks.oneTime(TASK)
                    .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(FIRST_RETRY))
                    .onDeadExecution((dead, operations) -> operations.reschedule(dead, clock.instant()))
                    .execute((instance, context) -> {
                        var name = instance.getId().split(" ", 2);
                        settlement.settle(new ProposalId(name[0]), new ChangeId(name[1]));
                    });
        }
    }
}
