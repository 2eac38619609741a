package org.patchboard.lifecycle.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** What the model asks of a recorded proposal to change a policy. */
@VisibleToModels
@Component
public class PolicyRecord {

    private static final Duration FIRST_REMINDER = Duration.ofDays(3);
    private static final Duration LAST_REMINDER = Duration.ofDays(1);

    private final PolicyProposals proposals;
    private final Clock clock;

    PolicyRecord(PolicyProposals proposals, Clock clock) {
        this.proposals = proposals;
        this.clock = clock;
    }

    /** Whether the test has found nothing. */
    public boolean isSound(DelegateExecution execution) {
        return of(execution).state().equals("waiting");
    }

    public boolean isApproved(DelegateExecution execution) {
        return of(execution).state().equals("approved");
    }

    /** When silence refuses it. */
    public Date due(DelegateExecution execution) {
        return Date.from(deadline(execution));
    }

    public Date firstReminder(DelegateExecution execution) {
        return Date.from(deadline(execution).minus(FIRST_REMINDER));
    }

    public Date lastReminder(DelegateExecution execution) {
        return Date.from(deadline(execution).minus(LAST_REMINDER));
    }

    private Instant deadline(DelegateExecution execution) {
        var due = of(execution).due();
        return due == null ? clock.instant() : due;
    }

    private PolicyProposal of(DelegateExecution execution) {
        return proposals.get(new ProposalId(execution.getProcessBusinessKey()));
    }
}
