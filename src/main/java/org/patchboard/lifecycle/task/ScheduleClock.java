package org.patchboard.lifecycle.task;

import java.util.Date;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** Dates of the timers of {@code schedule-change}. */
@VisibleToModels
@Component("scheduleClock")
public class ScheduleClock {

    private final Scheduling scheduling;

    ScheduleClock(Scheduling scheduling) {
        this.scheduling = scheduling;
    }

    /** A day before the window, or when it opens. */
    public Date nextLook(DelegateExecution execution) {
        return Date.from(scheduling.nextLook(new ChangeId(execution.getProcessBusinessKey())));
    }

    /** When the window proposed opens: from then on nobody can consent to it. */
    public Date proposalEnds(DelegateExecution execution) {
        return Date.from(scheduling.proposalEnds(new ChangeId(execution.getProcessBusinessKey())));
    }
}
