package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Undo by hand": a person puts the old versions back and says what was done. */
@Component
class UndoByHand implements HumanTask {

    private final HandWork facts;

    UndoByHand(HandWork facts) {
        this.facts = facts;
    }

    @Override
    public String key() {
        return Rollback.UNDO_BY_HAND;
    }

    @Override
    public Duty duty() {
        return Duty.IMPLEMENT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("outcome", "all-done", "some-failed")
                        .required("Say whether every host has its old version again."),
                Field.text("failedHosts"),
                Field.text("evidence").required("Say what you did and how you know that it worked."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.byHand(change, Rollback.RING.in(task), "backing-out");
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        facts.reportByHand(change, Rollback.RING.in(task), "backing-out", answers, actor);
    }
}
