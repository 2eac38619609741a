package org.patchboard.lifecycle.model;

/** {@code ring-soak.bpmn}: a ring is watched, and looked at again before the next one starts. */
public final class RingSoak {

    public static final String KEY = "ring-soak";

    public static final ProcessVariable<Integer> RING = RingDeployment.RING;

    /** {@link #PASSED} or {@link #STOPPED}; given to the caller. */
    public static final ProcessVariable<String> ROLLOUT_OUTCOME = RingDeployment.ROLLOUT_OUTCOME;

    public static final String PASSED = RingDeployment.PASSED;
    public static final String STOPPED = RingDeployment.STOPPED;

    public static final String RING_HALTED = RingWork.RING_HALTED;
    public static final String VERIFICATION_FINISHED = VerifyChange.VERIFICATION_FINISHED;

    private RingSoak() {}
}
