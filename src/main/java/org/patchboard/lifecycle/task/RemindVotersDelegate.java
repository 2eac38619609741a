package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Remind": those who have not voted. */
@Component
class RemindVotersDelegate implements JavaDelegate {

    private final Authorizations authorizations;

    RemindVotersDelegate(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        authorizations.remind(new ChangeId(execution.getProcessBusinessKey()));
    }
}
