package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.PrepareChange.CONFLICTS;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Find conflicts": what stands against the time of the plan. */
@Component
class FindConflictsDelegate implements JavaDelegate {

    private final Scheduling scheduling;

    FindConflictsDelegate(Scheduling scheduling) {
        this.scheduling = scheduling;
    }

    @Override
    public void execute(DelegateExecution execution) {
        CONFLICTS.set(execution, scheduling.findConflicts(new ChangeId(execution.getProcessBusinessKey())));
    }
}
