package org.patchboard.lifecycle.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Impacts;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/** Somebody states what the plan means to what they answer for, and accepts it or asks for more. */
abstract class StateImpact implements HumanTask {

    private final Dossier dossier;
    private final Impacts impacts;
    private final String kind;
    private final String key;
    private final Duty duty;
    private final String wanted;

    /**
     * @param kind of statement, a constant of {@link Impacts}
     * @param wanted what somebody is told who states nothing
     */
    StateImpact(Dossier dossier, Impacts impacts, String kind, String key, Duty duty, String wanted) {
        this.dossier = dossier;
        this.impacts = impacts;
        this.kind = kind;
        this.key = key;
        this.duty = duty;
        this.wanted = wanted;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public Duty duty() {
        return duty;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("verdict", "acceptable", "need-more")
                        .required("Say whether the plan is acceptable or you need more."),
                Field.text("impact").required(wanted));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var summary = new LinkedHashMap<>(dossier.risk(change));
        summary.put("plan", dossier.plan(change));
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        PrepareChange.IMPACT_ACCEPTED.set(
                task.getExecution(),
                impacts.state(change, kind, answers.text("verdict"), answers.text("impact"), actor));
    }
}
