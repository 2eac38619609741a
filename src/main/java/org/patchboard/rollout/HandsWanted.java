package org.patchboard.rollout;

import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.ChangeId;

/** Hosts of a ring wait for a person to carry the order out; told once per order of a ring. */
public record HandsWanted(ChangeId change, int revision, int ring, Action action) {}
