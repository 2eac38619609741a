package org.patchboard.lifecycle.model;

/** {@code rollback.bpmn}: a ring gets its old versions back, checked by something that is not the installer. */
public final class Rollback {

    public static final String KEY = "rollback";

    public static final ProcessVariable<Integer> RING = RingDeployment.RING;

    public static final String RING_BACKED_OUT = "patchboard.ringBackedOut";
    public static final String HANDS_WANTED = RingWork.HANDS_WANTED;
    public static final String VERIFICATION_FINISHED = VerifyChange.VERIFICATION_FINISHED;

    public static final String UNDO_BY_HAND = "UserTask_UndoByHand";
    public static final String REPAIR_BY_HAND = "UserTask_RepairByHand";

    private Rollback() {}
}
