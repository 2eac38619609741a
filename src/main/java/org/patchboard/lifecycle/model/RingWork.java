package org.patchboard.lifecycle.model;

/** {@code ring-work.bpmn}: a ring's hosts are worked on, by a deployer or by hand. */
public final class RingWork {

    public static final String KEY = "ring-work";

    public static final ProcessVariable<Integer> RING = RingDeployment.RING;

    public static final String RING_FINISHED = "patchboard.ringFinished";
    public static final String RING_HALTED = "patchboard.ringHalted";
    public static final String HANDS_WANTED = "patchboard.handsWanted";

    public static final String CARRY_OUT_BY_HAND = "UserTask_CarryOutByHand";

    private RingWork() {}
}
