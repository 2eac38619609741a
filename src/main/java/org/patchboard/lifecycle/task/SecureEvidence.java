package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** Incident response secures volatile evidence before anything is patched, and says whether there was a compromise. */
@Component
class SecureEvidence implements HumanTask {

    private final Dossier dossier;
    private final Statements statements;

    SecureEvidence(Dossier dossier, Statements statements) {
        this.dossier = dossier;
        this.statements = statements;
    }

    @Override
    public String key() {
        return ForensicTriage.SECURE_EVIDENCE;
    }

    @Override
    public Duty duty() {
        return Duty.OPERATE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.text("scope").required("Name the hosts you looked at."),
                Field.text("evidence").required("Say which volatile evidence was secured, and where it is."),
                Field.choice("verdict", "none", "suspected", "confirmed")
                        .required("Say whether there are signs of a compromise."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return dossier.risk(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        statements.record(
                change,
                0,
                "forensic-triage",
                answers.text("verdict"),
                "Scope: " + answers.text("scope") + "\nEvidence: " + answers.text("evidence"),
                actor);
        ForensicTriage.FORENSIC_VERDICT.set(task.getExecution(), answers.text("verdict"));
    }
}
