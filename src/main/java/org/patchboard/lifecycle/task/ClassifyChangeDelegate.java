package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Assessment;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Classify": standard, normal or emergency, by table. */
@Component
class ClassifyChangeDelegate implements JavaDelegate {

    private final Assessment assessment;

    ClassifyChangeDelegate(Assessment assessment) {
        this.assessment = assessment;
    }

    @Override
    public void execute(DelegateExecution execution) {
        assessment.classify(new ChangeId(execution.getProcessBusinessKey()));
    }
}
