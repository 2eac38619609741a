package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import java.util.Date;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** Dates of the processes of exceptions; models ask it by its bean name. */
@VisibleToModels
@Component
public class ExceptionClock {

    private final ExceptionProcesses processes;
    private final ExceptionRequests requests;

    ExceptionClock(ExceptionProcesses processes, ExceptionRequests requests) {
        this.processes = processes;
        this.requests = requests;
    }

    public Date opinionDue(DelegateExecution execution) {
        return Date.from(processes.opinionDue());
    }

    public Date decisionDue(DelegateExecution execution) {
        return Date.from(processes.decisionDue(new ChangeId(execution.getProcessBusinessKey())));
    }

    /** The next warning, the check of the control, or the end. */
    public Date nextDate(DelegateExecution execution) {
        return Date.from(requests.nextDate(EXCEPTION_REQUEST.in(execution)));
    }

    public Date controlCheckDue(DelegateExecution execution) {
        return Date.from(processes.checkDue());
    }
}
