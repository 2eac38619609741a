package org.patchboard.lifecycle.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Plan.PlannedHost;
import org.patchboard.change.Plan.PlannedRing;
import org.patchboard.change.PlanRevision;
import org.patchboard.schedule.ChangeScope;
import org.patchboard.schedule.Conflicts;
import org.patchboard.shared.AssetId;

/** A plan in the words of the calendar. The lab is worked on before the window and is not in it. */
final class PlanQuestions {

    private PlanQuestions() {}

    static ChangeScope scope(PlanRevision plan) {
        var assets = rings(plan).stream().flatMap(List::stream).distinct().toList();
        return new ChangeScope(
                plan.change(),
                assets.isEmpty()
                        ? plan.plan().hosts().stream().map(PlanQuestions::asset).toList()
                        : assets);
    }

    static Conflicts.Question about(ChangeRecord change, PlanRevision plan, Duration needed, Conflicts.Booked booked) {
        return about(change, plan, booked.start(), needed, booked);
    }

    static Conflicts.Question about(
            ChangeRecord change, PlanRevision plan, Instant from, Duration needed, Conflicts.@Nullable Booked booked) {
        return new Conflicts.Question(scope(plan), plan.revision(), classOf(change), from, needed, booked, rings(plan));
    }

    /** A change that nobody has classified yet has no privilege. */
    static String classOf(ChangeRecord change) {
        return change.changeClass() == null ? "normal" : change.changeClass();
    }

    private static List<List<AssetId>> rings(PlanRevision plan) {
        return plan.plan().rings().stream()
                .filter(ring -> !ring.kind().equals("lab"))
                .map(PlannedRing::hosts)
                .map(hosts -> hosts.stream().map(PlanQuestions::asset).toList())
                .toList();
    }

    private static AssetId asset(PlannedHost host) {
        return new AssetId(host.asset());
    }
}
