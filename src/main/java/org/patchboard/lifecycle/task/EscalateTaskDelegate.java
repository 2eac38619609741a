package org.patchboard.lifecycle.task;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Escalations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Tell the change manager": a task is late; telling decides nothing. */
@Component
class EscalateTaskDelegate implements JavaDelegate {

    private static final Map<String, String> LATE = Map.of(
            "ServiceTask_EscalateTriage",
            "The triage",
            "ServiceTask_EscalatePlan",
            "The plan",
            "ServiceTask_EscalateForensics",
            "The forensic triage");

    private final Escalations escalations;

    EscalateTaskDelegate(Escalations escalations) {
        this.escalations = escalations;
    }

    @Override
    public void execute(DelegateExecution execution) {
        escalations.taskLate(
                new ChangeId(execution.getProcessBusinessKey()),
                LATE.getOrDefault(execution.getCurrentActivityId(), "A task"),
                execution.getCurrentActivityId() + ":" + execution.getId());
    }
}
