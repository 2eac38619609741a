package org.patchboard.rollout;

import java.util.List;
import org.patchboard.rollout.RingPlan.PlannedStep;
import org.patchboard.shared.AssetId;

/**
 * A host of a ring as it stands.
 *
 * @param state {@code planned}, {@code ordered}, {@code installed}, {@code failed}, {@code unreachable},
 *     {@code excluded}, {@code backing-out}, {@code backed-out} or {@code back-out-failed}
 * @param detail the deployer's words about it, empty when there are none
 */
public record RingHost(
        AssetId asset, String name, String state, boolean rebootPending, String detail, List<PlannedStep> steps) {}
