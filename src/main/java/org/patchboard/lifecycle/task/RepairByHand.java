package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Repair by hand": the back-out did not succeed everywhere, and a person sees to the rest. */
@Component
class RepairByHand implements HumanTask {

    private final HandWork hands;

    RepairByHand(HandWork hands) {
        this.hands = hands;
    }

    @Override
    public String key() {
        return Rollback.REPAIR_BY_HAND;
    }

    @Override
    public Duty duty() {
        return Duty.OPERATE;
    }

    @Override
    public List<Field> fields() {
        return List.of(Field.text("evidence").required("Say what you did on each host and what state it is in."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return hands.notBack(change, Rollback.RING.in(task));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        hands.repaired(change, Rollback.RING.in(task), answers.text("evidence"), actor);
    }
}
