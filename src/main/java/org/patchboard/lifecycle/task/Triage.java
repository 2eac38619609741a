package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** An analyst confirms that a patch is wanted, or states why nobody is affected (VEX, CISA minimum requirements 2023). */
@Component
class Triage implements HumanTask {

    private final Dossier dossier;
    private final Statements statements;

    Triage(Dossier dossier, Statements statements) {
        this.dossier = dossier;
        this.statements = statements;
    }

    @Override
    public String key() {
        return AssessChange.TRIAGE;
    }

    @Override
    public Duty duty() {
        return Duty.TRIAGE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("disposition", "patch", "not-affected")
                        .required("Say whether the patch is wanted or nobody is affected."),
                Field.choice(
                        "vexReason",
                        "component_not_present",
                        "vulnerable_code_not_present",
                        "vulnerable_code_not_in_execute_path",
                        "vulnerable_code_cannot_be_controlled_by_adversary",
                        "inline_mitigations_already_exist"),
                Field.text("reason").required("Give the reason for your decision in a sentence."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return dossier.risk(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var disposition = answers.text("disposition");
        var vex = answers.text("vexReason");
        if (disposition.equals("not-affected") && vex.isEmpty()) {
            throw Refusal.incomplete("\"Not affected\" needs one of the VEX reasons.");
        }
        statements.record(
                change,
                0,
                "triage",
                disposition,
                vex.isEmpty() ? answers.text("reason") : vex + ": " + answers.text("reason"),
                actor);
        AssessChange.ASSESSMENT.set(task.getExecution(), disposition);
    }
}
