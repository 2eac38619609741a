package org.patchboard.rollout;

/** Another node has taken the work over; what this one did is not recorded. */
public class StaleWork extends RuntimeException {

    StaleWork(String message) {
        super(message);
    }
}
