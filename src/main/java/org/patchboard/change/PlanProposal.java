package org.patchboard.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.change.Plan.PlannedHost;
import org.patchboard.change.Plan.PlannedRing;

/**
 * Cuts hosts into rings. Ring 0 is the lab, where the plan is tested; those after it are carried out in order. A slice
 * that goes first never holds two hosts of one high-availability group, so that a bad patch leaves the service standing.
 */
public final class PlanProposal {

    /** Of the hosts outside the lab, in the pilot of a phased roll-out. */
    private static final int PILOT_PERCENT = 20;

    private static final int SLICES = 4;

    /** @param haGroup hosts that stand in for one another, or null */
    public record Candidate(
            PlannedHost host, boolean lab, @Nullable String haGroup) {}

    private final Duration soak;
    private final int successShare;
    private final List<PlannedRing> rings = new ArrayList<>();

    private PlanProposal(Duration soak, int successShare) {
        this.soak = soak;
        this.successShare = successShare;
    }

    /**
     * The rings of a strategy: {@code hotfix} takes everything at once, {@code mass} in two halves, {@code rolling} in
     * slices, {@code canary} begins with a few, {@code phased} with a few and then a pilot.
     *
     * @param candidates in the order in which they may be put at risk
     * @param canaryPercent share of the hosts outside the lab that go first; at least one does
     * @param successShare percentage of a ring's hosts that must succeed
     */
    public static List<PlannedRing> rings(
            List<Candidate> candidates, String strategy, int canaryPercent, Duration soak, int successShare) {
        var proposal = new PlanProposal(soak, successShare);
        var lab = candidates.stream().filter(Candidate::lab).toList();
        var rest = new ArrayList<>(
                candidates.stream().filter(candidate -> !candidate.lab()).toList());
        if (rest.isEmpty()) {
            // Nothing but lab hosts: they are what the change is about, so there is no lab beside them.
            rest.addAll(lab);
        } else if (!lab.isEmpty()) {
            proposal.rings.add(new PlannedRing(
                    0, "Lab", "lab", lab.stream().map(Candidate::host).toList(), Duration.ZERO.toString(), 100));
        }
        switch (strategy) {
            case "hotfix" -> proposal.add("Everything", "broad", rest);
            case "mass" -> {
                proposal.add("First half", "broad", take(rest, (rest.size() + 1) / 2));
                proposal.add("Second half", "broad", rest);
            }
            case "rolling" -> {
                int slice = (rest.size() + SLICES - 1) / SLICES;
                for (int number = 1; !rest.isEmpty(); number++) {
                    proposal.add("Slice " + number, "broad", take(rest, slice));
                }
            }
            case "phased" -> {
                int all = rest.size();
                proposal.add("Canary", "canary", take(rest, part(all, canaryPercent)));
                proposal.add("Pilot", "pilot", take(rest, part(all, PILOT_PERCENT)));
                proposal.add("Everything else", "broad", rest);
            }
            case "canary" -> {
                proposal.add("Canary", "canary", take(rest, part(rest.size(), canaryPercent)));
                proposal.add("Everything else", "broad", rest);
            }
            default -> throw new IllegalArgumentException("not a strategy: " + strategy);
        }
        return List.copyOf(proposal.rings);
    }

    private static int part(int all, int percent) {
        return Math.max(1, all * percent / 100);
    }

    private void add(String name, String kind, List<Candidate> hosts) {
        if (!hosts.isEmpty()) {
            int number = rings.isEmpty() ? 1 : rings.get(rings.size() - 1).number() + 1;
            rings.add(new PlannedRing(
                    number, name, kind, hosts.stream().map(Candidate::host).toList(), soak.toString(), successShare));
        }
    }

    /** Takes so many out of the rest, never two of one high-availability group. */
    private static List<Candidate> take(List<Candidate> rest, int count) {
        var taken = new ArrayList<Candidate>();
        var groups = new HashSet<String>();
        for (var iterator = rest.iterator(); iterator.hasNext() && taken.size() < count; ) {
            var candidate = iterator.next();
            if (candidate.haGroup() == null || groups.add(candidate.haGroup())) {
                taken.add(candidate);
                iterator.remove();
            }
        }
        return taken;
    }
}
