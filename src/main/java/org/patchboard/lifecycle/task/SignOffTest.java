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
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** The tester's verdict on effectiveness and side effects (NIST SP 800-53 SI-2b). */
@Component
class SignOffTest implements HumanTask {

    private final Dossier dossier;
    private final Impacts impacts;

    SignOffTest(Dossier dossier, Impacts impacts) {
        this.dossier = dossier;
        this.impacts = impacts;
    }

    @Override
    public String key() {
        return PrepareChange.SIGN_OFF_TEST;
    }

    @Override
    public Duty duty() {
        return Duty.TEST;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("verdict", "pass", "conditional", "fail").required("Say whether the test passed."),
                Field.text("effectiveness").required("Say how you know that the patch works."),
                Field.text("sideEffects").required("Name the side effects you saw, or say that there were none."),
                Field.text("conditions"));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var summary = new LinkedHashMap<>(dossier.risk(change));
        summary.put("plan", dossier.plan(change));
        summary.put("test", dossier.test(change));
        summary.put("files", dossier.files(change));
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        if (answers.text("verdict").equals("conditional")
                && answers.text("conditions").isEmpty()) {
            throw Refusal.incomplete("A conditional sign-off names its conditions.");
        }
        var text = "Effectiveness: %s\nSide effects: %s%s"
                .formatted(
                        answers.text("effectiveness"),
                        answers.text("sideEffects"),
                        answers.text("conditions").isEmpty() ? "" : "\nConditions: " + answers.text("conditions"));
        PrepareChange.TEST_PASSED.set(
                task.getExecution(), impacts.signOff(change, answers.text("verdict"), text, actor));
    }
}
