package org.patchboard.lifecycle.task;

import org.patchboard.lifecycle.model.RingWork;
import org.springframework.stereotype.Component;

/** "Carry out by hand": a person installs the exact versions and says what was done. */
@Component
class CarryOutByHand extends WorkByHand {

    CarryOutByHand(HandWork work) {
        super(work, RingWork.CARRY_OUT_BY_HAND, "ordered", "Say whether every host has the new version.");
    }
}
