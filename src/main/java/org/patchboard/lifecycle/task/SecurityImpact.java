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
import org.springframework.stereotype.Component;

/** A security representative states what the change means to security (NIST SP 800-53 CM-4). */
@Component
class SecurityImpact implements HumanTask {

    private final Dossier dossier;
    private final Impacts impacts;

    SecurityImpact(Dossier dossier, Impacts impacts) {
        this.dossier = dossier;
        this.impacts = impacts;
    }

    @Override
    public String key() {
        return PrepareChange.SECURITY_IMPACT;
    }

    @Override
    public Duty duty() {
        return Duty.STATE_SECURITY_IMPACT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("verdict", "acceptable", "need-more")
                        .required("Say whether the plan is acceptable or you need more."),
                Field.text("impact")
                        .required("State what the change means to security, with the controls it touches."));
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
                impacts.state(change, Impacts.SECURITY, answers.text("verdict"), answers.text("impact"), actor));
    }
}
