package org.patchboard.lifecycle.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.BreakGlass;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.stereotype.Component;

/** What the forms about a broken glass show. */
@Component
class GlassFacts {

    private final Emergencies emergencies;
    private final Dossier dossier;
    private final BreakGlass glasses;
    private final Ballots ballots;
    private final Rings rings;

    GlassFacts(Emergencies emergencies, Dossier dossier, BreakGlass glasses, Ballots ballots, Rings rings) {
        this.emergencies = emergencies;
        this.dossier = dossier;
        this.glasses = glasses;
        this.ballots = ballots;
        this.rings = rings;
    }

    Map<String, Object> of(ChangeId change) {
        var plan = emergencies.plan(change);
        var summary = new LinkedHashMap<>(dossier.risk(change));
        summary.put("plan", dossier.plan(change));
        summary.put("revision", plan.revision());
        summary.put("digest", plan.digest());
        summary.put("hosts", plan.plan().hosts().size());
        summary.put("limit", BreakGlass.MOST_HOSTS);
        summary.put("against", emergencies.against(change));
        summary.put(
                "vote",
                ballots.latest(change)
                        .map(ballot -> "%s: %s".formatted(ballot.outcome(), ballot.outcomeReason()))
                        .orElse("none"));
        summary.put("rings", rings(change, plan.revision()));
        glasses.latest(change).ifPresent(glass -> {
            summary.put("reason", glass.reason());
            summary.put("incident", glass.incident());
            summary.put("brokenBy", dossier.name(glass.brokenBy()));
            summary.put("confirmedBy", glass.confirmedBy() == null ? "nobody yet" : dossier.name(glass.confirmedBy()));
            summary.put("until", glass.until() == null ? "" : Moments.utc(glass.until()));
            summary.put("verdict", glass.verdict() == null ? "not yet" : glass.verdict() + ": " + glass.verdictText());
        });
        return summary;
    }

    private List<Map<String, Object>> rings(ChangeId change, int revision) {
        return rings.all(change, revision).stream()
                .map(ring -> {
                    var hosts = rings.hosts(change, revision, ring.number());
                    return Map.<String, Object>of(
                            "ring",
                            ring.number() + " " + ring.name(),
                            "state",
                            ring.state(),
                            "hosts",
                            hosts.size(),
                            "installed",
                            hosts.stream()
                                    .filter(host -> host.state().equals("installed"))
                                    .count());
                })
                .toList();
    }
}
