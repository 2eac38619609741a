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

/** "Confirm break-glass": the second of two people. */
@Component
class ConfirmBreakGlass implements HumanTask {

    private final Emergencies emergencies;
    private final GlassFacts facts;

    ConfirmBreakGlass(Emergencies emergencies, GlassFacts facts) {
        this.emergencies = emergencies;
        this.facts = facts;
    }

    @Override
    public String key() {
        return EmergencyChange.CONFIRM_BREAK_GLASS;
    }

    @Override
    public Duty duty() {
        return Duty.BREAK_GLASS;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "confirm", "refuse").required("Confirm it or refuse it."),
                Field.text("comment").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        emergencies.confirm(change, answers.text("decision").equals("confirm"), answers.text("comment"), actor);
    }
}
