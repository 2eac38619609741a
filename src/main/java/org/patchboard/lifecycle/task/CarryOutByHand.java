package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Carry out by hand": a person installs the exact versions and says what was done. */
@Component
class CarryOutByHand implements HumanTask {

    private final HandWork facts;

    CarryOutByHand(HandWork facts) {
        this.facts = facts;
    }

    @Override
    public String key() {
        return RingWork.CARRY_OUT_BY_HAND;
    }

    @Override
    public Duty duty() {
        return Duty.IMPLEMENT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("outcome", "all-done", "some-failed")
                        .required("Say whether every host has the new version."),
                Field.text("failedHosts"),
                Field.text("evidence").required("Say what you did and how you know that it worked."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.byHand(change, RingWork.RING.in(task), "ordered");
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        facts.reportByHand(change, RingWork.RING.in(task), "ordered", answers, actor);
    }
}
