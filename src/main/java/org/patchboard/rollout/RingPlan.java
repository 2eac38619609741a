package org.patchboard.rollout;

import java.time.Duration;
import java.util.List;
import org.patchboard.shared.AssetId;

/**
 * A ring as the approved plan describes it.
 *
 * @param number rings are carried out in its order; positive or zero
 * @param kind {@code lab}, {@code canary}, {@code pilot} or {@code broad}
 * @param soak how long it is watched after its last host, zero or more
 * @param successShare percentage of hosts that must succeed, 1 to 100
 */
public record RingPlan(int number, String name, String kind, Duration soak, int successShare, List<PlannedHost> hosts) {

    public RingPlan {
        hosts = List.copyOf(hosts);
        if (number < 0 || soak.isNegative() || successShare < 1 || successShare > 100) {
            throw new IllegalArgumentException("ring " + number + " of a plan is impossible");
        }
    }

    /** A host and what it must get. */
    public record PlannedHost(AssetId asset, List<PlannedStep> steps) {
        public PlannedHost {
            steps = List.copyOf(steps);
        }
    }

    /**
     * One package on one host.
     *
     * @param from the version before, to which a back-out returns; empty when the package was not there
     * @param to the exact version afterwards
     */
    public record PlannedStep(String ecosystem, String name, String from, String to) {}
}
