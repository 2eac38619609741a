package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ChangeAuthorization.AUTHORIZATION;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Hand over": the deadline has passed, and silence is never consent. */
@Component
class HandOverVoteDelegate implements JavaDelegate {

    private final Authorizations authorizations;

    HandOverVoteDelegate(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        AUTHORIZATION.set(execution, authorizations.handOver(new ChangeId(execution.getProcessBusinessKey())));
    }
}
