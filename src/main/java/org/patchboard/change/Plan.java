package org.patchboard.change;

import java.util.List;

/**
 * What will be done, exactly: the content that is hashed and that votes sign. Anything that changes here voids them.
 *
 * @param patches package and the version it must have, one per package
 * @param rings in the order in which they are carried out
 * @param strategy {@code hotfix}, {@code phased}, {@code canary}, {@code rolling} or {@code mass}
 * @param reboot {@code never}, {@code if-required} or {@code always}
 */
public record Plan(
        List<Patch> patches,
        List<PlannedRing> rings,
        String strategy,
        WindowWish window,
        String preChecks,
        String postChecks,
        String backup,
        String backOut,
        String communication,
        String reason,
        String securityImpact,
        String reboot,
        RiskBasis risk) {

    public Plan {
        patches = List.copyOf(patches);
        rings = List.copyOf(rings);
    }

    /** @param targetVersion exact, in the ecosystem's own writing */
    public record Patch(String ecosystem, String name, String targetVersion) {}

    /**
     * An ordered slice of the hosts.
     *
     * @param number counted from 0 for the lab, else from 1
     * @param kind {@code lab}, {@code canary}, {@code pilot} or {@code broad}
     * @param soak how long it is watched afterwards, ISO 8601 ({@code PT30M})
     * @param successShare percentage of hosts that must succeed, 1 to 100
     */
    public record PlannedRing(
            int number, String name, String kind, List<PlannedHost> hosts, String soak, int successShare) {
        public PlannedRing {
            hosts = List.copyOf(hosts);
        }
    }

    /** @param asset key of the asset */
    public record PlannedHost(long asset, String name, List<Step> steps) {
        public PlannedHost {
            steps = List.copyOf(steps);
        }
    }

    /** One package on one host: from the version that is there to the one wanted. */
    public record Step(String ecosystem, String name, String from, String to) {}

    /** @param earliest instant before which it should not start, ISO 8601, or empty */
    public record WindowWish(String earliest, String note) {}

    /**
     * The risk the plan answers to.
     *
     * @param due ISO 8601 instant, or empty when nothing binds
     * @param receipts ids of the decisions it rests on
     */
    public record RiskBasis(String priority, String due, List<String> receipts) {
        public RiskBasis {
            receipts = List.copyOf(receipts);
        }
    }

    /** Every host of every ring. */
    public List<PlannedHost> hosts() {
        return rings.stream().flatMap(ring -> ring.hosts().stream()).toList();
    }
}
