package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ChangeAuthorization.AUTHORIZATION;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Void the votes": the plan is no longer the one they are about. */
@Component
class VoidVotesDelegate implements JavaDelegate {

    private final Authorizations authorizations;

    VoidVotesDelegate(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        AUTHORIZATION.set(execution, authorizations.planChanged(new ChangeId(execution.getProcessBusinessKey())));
    }
}
