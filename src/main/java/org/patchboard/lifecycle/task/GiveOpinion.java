package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Give security opinion": what security thinks of carrying the risk. */
@Component
class GiveOpinion implements HumanTask {

    private final ExceptionProcesses processes;
    private final ExceptionFacts facts;

    GiveOpinion(ExceptionProcesses processes, ExceptionFacts facts) {
        this.processes = processes;
        this.facts = facts;
    }

    @Override
    public String key() {
        return RiskException.GIVE_OPINION;
    }

    @Override
    public Duty duty() {
        return Duty.STATE_SECURITY_IMPACT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("opinion", "favourable", "unfavourable").required("Choose your opinion."),
                Field.text("text").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(EXCEPTION_REQUEST.in(task));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        processes.opinion(
                EXCEPTION_REQUEST.in(task), answers.text("opinion").equals("favourable"), answers.text("text"), actor);
    }
}
