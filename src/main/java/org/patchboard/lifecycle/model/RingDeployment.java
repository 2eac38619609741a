package org.patchboard.lifecycle.model;

/** {@code ring-deployment.bpmn}: one ring of a change, from the gate to its verdict. */
public final class RingDeployment {

    public static final String KEY = "ring-deployment";

    /** Number of the ring; given by the caller. */
    public static final ProcessVariable<Integer> RING = new ProcessVariable<>("ring", Integer.class);

    /** Written by "Check gate". */
    public static final ProcessVariable<Boolean> GATE_OPEN = new ProcessVariable<>("gateOpen", Boolean.class);

    /** {@link #WAIT} or {@link #STOP}. */
    public static final ProcessVariable<String> GATE_DECISION = new ProcessVariable<>("gateDecision", String.class);

    public static final String WAIT = "wait";
    public static final String STOP = "stop";

    /** {@link #RETRY}, {@link #EXCLUDE} or {@link #ROLL_BACK}. */
    public static final ProcessVariable<String> HALT_DECISION = new ProcessVariable<>("haltDecision", String.class);

    public static final String RETRY = "retry";
    public static final String EXCLUDE = "exclude";
    public static final String ROLL_BACK = "roll-back";

    /** What the caller gets: {@link #PASSED}, {@link #BACKED_OUT} or {@link #STOPPED}. */
    public static final ProcessVariable<String> ROLLOUT_OUTCOME = new ProcessVariable<>("rolloutOutcome", String.class);

    public static final String PASSED = "passed";
    public static final String BACKED_OUT = "backed-out";
    public static final String STOPPED = "stopped";

    public static final String DECIDE_CLOSED_GATE = "UserTask_DecideClosedGate";
    public static final String DECIDE_HALTED_RING = "UserTask_DecideHaltedRing";

    private RingDeployment() {}
}
