package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ChangeAuthorization.AUTHORIZATION;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Count votes": the outcome comes from the recorded votes alone. */
@Component
class CountVotesDelegate implements JavaDelegate {

    private final Authorizations authorizations;

    CountVotesDelegate(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        AUTHORIZATION.set(execution, authorizations.count(new ChangeId(execution.getProcessBusinessKey())));
    }
}
