package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ExceptionInForce.EXCEPTION_REQUEST;
import static org.patchboard.lifecycle.model.ExceptionInForce.EXCEPTION_STEP;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.springframework.stereotype.Component;

/** "Mind the exception": a warning, a check, or the end. */
@Component
class MindExceptionDelegate implements JavaDelegate {

    private final ExceptionProcesses processes;

    MindExceptionDelegate(ExceptionProcesses processes) {
        this.processes = processes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        EXCEPTION_STEP.set(execution, processes.mind(EXCEPTION_REQUEST.in(execution)));
    }
}
