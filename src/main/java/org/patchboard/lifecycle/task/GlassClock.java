package org.patchboard.lifecycle.task;

import java.util.Date;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Emergencies;
import org.springframework.stereotype.Component;

/** Dates of the processes of a broken glass; models ask it by its bean name. */
@VisibleToModels
@Component
public class GlassClock {

    private final Emergencies emergencies;

    GlassClock(Emergencies emergencies) {
        this.emergencies = emergencies;
    }

    public Date breakBy(DelegateExecution execution) {
        return Date.from(emergencies.breakBy());
    }

    public Date confirmBy(DelegateExecution execution) {
        return Date.from(emergencies.confirmBy());
    }

    public Date judgeBy(DelegateExecution execution) {
        return Date.from(emergencies.judgeBy());
    }

    public Date escalateJudgement(DelegateExecution execution) {
        return Date.from(emergencies.escalateJudgementAt());
    }
}
