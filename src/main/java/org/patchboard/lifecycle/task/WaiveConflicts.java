package org.patchboard.lifecycle.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ConflictWaivers;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** A change manager answers for soft conflicts, with a reason. */
@Component
class WaiveConflicts implements HumanTask {

    private final Dossier dossier;
    private final ConflictWaivers waivers;

    WaiveConflicts(Dossier dossier, ConflictWaivers waivers) {
        this.dossier = dossier;
        this.waivers = waivers;
    }

    @Override
    public String key() {
        return PrepareChange.WAIVE_CONFLICTS;
    }

    @Override
    public Duty duty() {
        return Duty.MANAGE;
    }

    @Override
    public List<Field> fields() {
        return List.of(Field.text("reason").required("Say why the conflicts may be waived."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("conflicts", dossier.conflicts(change));
        summary.put("plan", dossier.plan(change));
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        waivers.waiveAll(change, answers.text("reason"), actor);
    }
}
