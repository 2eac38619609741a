package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Forensics;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Let the change close": the verdict it may have been waiting for is there. */
@Component
class ReleaseClosureDelegate implements JavaDelegate {

    private final Forensics forensics;

    ReleaseClosureDelegate(Forensics forensics) {
        this.forensics = forensics;
    }

    @Override
    public void execute(DelegateExecution execution) {
        forensics.releaseClosure(new ChangeId(execution.getProcessBusinessKey()));
    }
}
