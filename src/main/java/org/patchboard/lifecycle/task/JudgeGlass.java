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

/** "Judge afterwards": somebody without a part in it says whether the glass was broken rightly. */
@Component
class JudgeGlass implements HumanTask {

    private final Emergencies emergencies;
    private final GlassFacts facts;

    JudgeGlass(Emergencies emergencies, GlassFacts facts) {
        this.emergencies = emergencies;
        this.facts = facts;
    }

    @Override
    public String key() {
        return AfterBreakGlass.JUDGE_GLASS;
    }

    @Override
    public Duty duty() {
        return Duty.APPROVE_AFTERWARDS;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "justified", "not-justified").required("Say whether it was justified."),
                Field.text("text").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        emergencies.judge(change, answers.text("decision").equals("justified"), answers.text("text"), actor);
    }
}
