package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ExceptionInForce.CONTROL_HOLDS;
import static org.patchboard.lifecycle.model.ExceptionInForce.EXCEPTION_REQUEST;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.model.ExceptionInForce;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Check the control": whether what holds an accepted risk down still works. */
@Component
class CheckControl implements HumanTask {

    private final ExceptionProcesses processes;
    private final ExceptionFacts facts;
    private final RolloutFacts days;

    CheckControl(ExceptionProcesses processes, ExceptionFacts facts, RolloutFacts days) {
        this.processes = processes;
        this.facts = facts;
        this.days = days;
    }

    @Override
    public String key() {
        return ExceptionInForce.CHECK_CONTROL;
    }

    @Override
    public Duty duty() {
        return Duty.REVIEW;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("holds", "yes", "no").required("Say whether it still works."),
                Field.text("evidence").required("Say what you saw."),
                Field.text("next"));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(EXCEPTION_REQUEST.in(task));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var next = answers.text("next");
        CONTROL_HOLDS.set(
                task.getExecution(),
                processes.checked(
                        EXCEPTION_REQUEST.in(task),
                        answers.text("holds").equals("yes"),
                        answers.text("evidence"),
                        actor,
                        next.isBlank() ? Optional.empty() : Optional.of(days.endOfDay(next))));
    }
}
