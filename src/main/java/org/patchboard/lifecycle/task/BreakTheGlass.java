package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.lifecycle.model.EmergencyChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Break the glass": somebody on call lets a plan go ahead without the board, if another confirms. */
@Component
class BreakTheGlass implements HumanTask {

    private final Emergencies emergencies;
    private final GlassFacts facts;

    BreakTheGlass(Emergencies emergencies, GlassFacts facts) {
        this.emergencies = emergencies;
        this.facts = facts;
    }

    @Override
    public String key() {
        return EmergencyChange.BREAK_GLASS;
    }

    @Override
    public Duty duty() {
        return Duty.BREAK_GLASS;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.text("reason").required("Say why it cannot wait."),
                Field.text("incident").required("Give the number of the incident."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        emergencies.ask(change, answers.text("reason"), answers.text("incident"), actor);
    }
}
