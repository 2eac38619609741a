package org.patchboard.rollout;

import org.patchboard.shared.ChangeId;

/**
 * Every host of a ring has its result. Published in the transaction that records the last one.
 *
 * @param passed whether the health gate let the ring through
 */
public record RingFinished(ChangeId change, int revision, int ring, boolean passed) {}
