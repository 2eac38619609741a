package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Book window": the window is the change's, and those concerned are invited. */
@Component
class BookWindowDelegate implements JavaDelegate {

    private final Scheduling scheduling;

    BookWindowDelegate(Scheduling scheduling) {
        this.scheduling = scheduling;
    }

    @Override
    public void execute(DelegateExecution execution) {
        scheduling.book(new ChangeId(execution.getProcessBusinessKey()));
    }
}
