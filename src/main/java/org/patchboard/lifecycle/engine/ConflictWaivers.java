package org.patchboard.lifecycle.engine;

import org.patchboard.change.Plans;
import org.patchboard.schedule.Conflict;
import org.patchboard.schedule.Conflicts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** Waives every soft conflict of the current plan that nobody has answered for yet. */
@UseCase
public class ConflictWaivers {

    private final Plans plans;
    private final Conflicts conflicts;

    ConflictWaivers(Plans plans, Conflicts conflicts) {
        this.plans = plans;
        this.conflicts = conflicts;
    }

    public void waiveAll(ChangeId change, String reason, Actor actor) {
        var revision = plans.current(change)
                .orElseThrow(() -> new IllegalStateException(change + " has no plan"))
                .revision();
        conflicts.of(change, revision).stream()
                .filter(conflict -> !conflict.hard() && !conflict.isWaived())
                .mapToLong(Conflict::id)
                .forEach(conflict -> conflicts.waive(change, conflict, reason, actor));
    }
}
