package org.patchboard.rollout;

import org.patchboard.shared.ChangeId;

/**
 * The automatic part of a plan's test is over. Published in the transaction that records it.
 *
 * @param summary one or two sentences for the tester
 */
public record TestFinished(ChangeId change, int revision, boolean passed, String summary) {}
