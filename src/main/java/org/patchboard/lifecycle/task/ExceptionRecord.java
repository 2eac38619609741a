package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.exception.ExceptionRequests;
import org.springframework.stereotype.Component;

/** What models ask of the recorded request for an exception. */
@VisibleToModels
@Component
public class ExceptionRecord {

    private final ExceptionRequests requests;

    ExceptionRecord(ExceptionRequests requests) {
        this.requests = requests;
    }

    /** Groups that may carry a risk of this size, separated by commas. */
    public String authority(DelegateExecution execution) {
        return String.join(",", requests.get(EXCEPTION_REQUEST.in(execution)).authority());
    }

    /** Whether the owner of the risk has accepted it. */
    public boolean isAccepted(DelegateExecution execution) {
        return requests.get(EXCEPTION_REQUEST.in(execution)).isAccepted();
    }
}
