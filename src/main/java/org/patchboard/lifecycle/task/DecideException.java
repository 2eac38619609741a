package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Decide on exception": the owner of a risk of this size carries it until a date, or does not. */
@Component
class DecideException implements HumanTask {

    /** What a decision on carrying a risk needs. */
    static final List<Field> FIELDS = List.of(
            Field.choice("decision", "accept", "refuse").required("Accept the risk or refuse it."),
            Field.text("until"),
            Field.text("reason").required("Say why."));

    private final ExceptionProcesses processes;
    private final ExceptionFacts facts;
    private final RolloutFacts days;

    DecideException(ExceptionProcesses processes, ExceptionFacts facts, RolloutFacts days) {
        this.processes = processes;
        this.facts = facts;
        this.days = days;
    }

    @Override
    public String key() {
        return RiskException.DECIDE_EXCEPTION;
    }

    @Override
    public Duty duty() {
        return Duty.ACCEPT_RISK;
    }

    @Override
    public List<Field> fields() {
        return FIELDS;
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.of(EXCEPTION_REQUEST.in(task));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var accepted = answers.text("decision").equals("accept");
        processes.decide(
                EXCEPTION_REQUEST.in(task),
                accepted,
                accepted ? days.endOfDay(answers.text("until")) : Instant.EPOCH,
                answers.text("reason"),
                actor);
    }
}
