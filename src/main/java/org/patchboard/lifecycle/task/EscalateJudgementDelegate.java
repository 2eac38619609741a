package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Escalate": a broken glass has not been judged for eight hours. */
@Component
class EscalateJudgementDelegate implements JavaDelegate {

    private final Emergencies emergencies;

    EscalateJudgementDelegate(Emergencies emergencies) {
        this.emergencies = emergencies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        emergencies.escalateJudgement(new ChangeId(execution.getProcessBusinessKey()));
    }
}
