package org.patchboard.rollout;

import org.patchboard.shared.ChangeId;

/**
 * Something that is not the installer has looked at the hosts, or could not. Published in the transaction that records
 * it; what was seen is in {@link Verifications}.
 *
 * @param run number of the look within the change
 */
public record VerificationFinished(ChangeId change, int run) {}
