package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/** A person brings exact versions onto the hosts of a ring that wait for it, and says what was done. */
abstract class WorkByHand implements HumanTask {

    private final HandWork work;
    private final String key;
    private final String waiting;
    private final String wanted;

    /**
     * @param waiting state of the hosts that wait for a person
     * @param wanted what somebody is told who does not say how it went
     */
    WorkByHand(HandWork work, String key, String waiting, String wanted) {
        this.work = work;
        this.key = key;
        this.waiting = waiting;
        this.wanted = wanted;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public Duty duty() {
        return Duty.IMPLEMENT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("outcome", "all-done", "some-failed").required(wanted),
                Field.text("failedHosts"),
                Field.text("evidence").required("Say what you did and how you know that it worked."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return work.byHand(change, RingDeployment.RING.in(task), waiting);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        work.reportByHand(change, RingDeployment.RING.in(task), waiting, answers, actor);
    }
}
