package org.patchboard.rollout;

import org.patchboard.shared.ChangeId;

/**
 * Every host of a ring has its result of the back-out. Published in the transaction that records the last one.
 *
 * @param clean whether every host has its old version again, as far as the deployer knows
 */
public record RingBackedOut(ChangeId change, int revision, int ring, boolean clean) {}
