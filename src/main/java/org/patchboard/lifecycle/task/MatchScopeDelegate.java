package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Scopes;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Match hosts and findings": which hosts the change is about, as of now. */
@Component
class MatchScopeDelegate implements JavaDelegate {

    private final Scopes scopes;

    MatchScopeDelegate(Scopes scopes) {
        this.scopes = scopes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        scopes.refresh(new ChangeId(execution.getProcessBusinessKey()));
    }
}
