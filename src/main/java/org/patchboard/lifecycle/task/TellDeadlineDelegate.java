package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.DeadlineClock.MORE_NOTICES;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Escalations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Tell owner and coordinator": the deadline comes near, or has passed. */
@Component
class TellDeadlineDelegate implements JavaDelegate {

    private final Escalations escalations;

    TellDeadlineDelegate(Escalations escalations) {
        this.escalations = escalations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        MORE_NOTICES.set(execution, escalations.deadline(new ChangeId(execution.getProcessBusinessKey())));
    }
}
