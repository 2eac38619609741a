package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Condition;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Confirm conditions": what the board made its approval depend on has been done. */
@Component
class ConfirmConditions implements HumanTask {

    private final Authorizations authorizations;
    private final Ballots ballots;

    ConfirmConditions(Authorizations authorizations, Ballots ballots) {
        this.authorizations = authorizations;
        this.ballots = ballots;
    }

    @Override
    public String key() {
        return ScheduleChange.CONFIRM_CONDITIONS;
    }

    /** Fulfilling a condition is part of carrying the change out, and whoever set it may not confirm it. */
    @Override
    public Duty duty() {
        return Duty.IMPLEMENT;
    }

    @Override
    public List<Field> fields() {
        return List.of(Field.text("how").required("Say how the conditions were fulfilled."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var ballot = authorizations.latest(change);
        return Map.of(
                "revision",
                ballot.revision(),
                "conditions",
                ballots.conditions(ballot).stream()
                        .map(condition -> Map.of(
                                "text",
                                condition.text(),
                                "setBy",
                                condition.setBy(),
                                "state",
                                condition.isOpen() ? "open" : "fulfilled"))
                        .toList());
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        ballots.conditions(authorizations.latest(change)).stream()
                .filter(Condition::isOpen)
                .forEach(condition -> ballots.meet(change, condition.id(), answers.text("how"), actor));
    }
}
