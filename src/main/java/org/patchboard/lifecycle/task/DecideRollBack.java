package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.lifecycle.model.AfterBreakGlass;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Decide on rolling back": what becomes of what was installed without justification. */
@Component
class DecideRollBack implements HumanTask {

    private final Emergencies emergencies;
    private final GlassFacts facts;

    DecideRollBack(Emergencies emergencies, GlassFacts facts) {
        this.emergencies = emergencies;
        this.facts = facts;
    }

    @Override
    public String key() {
        return AfterBreakGlass.DECIDE_ROLL_BACK;
    }

    @Override
    public Duty duty() {
        return Duty.MANAGE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "keep", "roll-back").required("Choose what becomes of it."),
                Field.text("reason").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        emergencies.decideRollBack(change, answers.text("decision").equals("roll-back"), answers.text("reason"), actor);
    }
}
