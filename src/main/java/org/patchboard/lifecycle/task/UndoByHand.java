package org.patchboard.lifecycle.task;

import org.patchboard.lifecycle.model.Rollback;
import org.springframework.stereotype.Component;

/** "Undo by hand": a person puts the old versions back and says what was done. */
@Component
class UndoByHand extends WorkByHand {

    UndoByHand(HandWork work) {
        super(work, Rollback.UNDO_BY_HAND, "backing-out", "Say whether every host has its old version again.");
    }
}
