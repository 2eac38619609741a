package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Planning;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Propose plan": back to planning, with rings cut afresh for the coordinator to judge. */
@Component
class ProposePlanDelegate implements JavaDelegate {

    private final Planning planning;

    ProposePlanDelegate(Planning planning) {
        this.planning = planning;
    }

    @Override
    public void execute(DelegateExecution execution) {
        planning.begin(new ChangeId(execution.getProcessBusinessKey()));
    }
}
