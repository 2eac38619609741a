package org.patchboard.web.api;

import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** From what stands in a path to a change. */
@Component
class KnownChanges {

    private final Changes changes;

    KnownChanges(Changes changes) {
        this.changes = changes;
    }

    /** @throws Refusal when it is no number of a change, or there is none */
    ChangeRecord get(String id) {
        ChangeId change;
        try {
            change = new ChangeId(id);
        } catch (IllegalArgumentException e) {
            throw Refusal.unknown("There is no change " + id + ".");
        }
        return changes.get(change);
    }
}
