package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ChangeAuthorization.AUTHORIZATION;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Determine authority": the decision says who votes and with what quorum; the ballot is opened. */
@Component
class DetermineAuthorityDelegate implements JavaDelegate {

    private final Authorizations authorizations;

    DetermineAuthorityDelegate(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        AUTHORIZATION.set(execution, authorizations.open(new ChangeId(execution.getProcessBusinessKey())));
    }
}
