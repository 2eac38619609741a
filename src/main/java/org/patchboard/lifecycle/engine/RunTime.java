package org.patchboard.lifecycle.engine;

import java.time.Duration;
import java.util.List;
import org.patchboard.change.Plan;
import org.patchboard.change.Plan.PlannedRing;

/**
 * How long a plan takes, by estimate. The lab ring is done before the window; after the last ring nothing in the window
 * waits for its soak.
 *
 * @param run of all rings, with the soaks between them
 * @param reserve for the way back of everything that was changed
 */
public record RunTime(Duration run, Duration reserve) {

    static RunTime of(Plan plan, ScheduleSettings settings) {
        return of(inWindow(plan), settings);
    }

    /** What must still fit when a ring starts, whatever comes after it: the ring itself and the way back so far. */
    static Duration least(Plan plan, int ring, ScheduleSettings settings) {
        return inWindow(plan).stream()
                .filter(r -> r.number() <= ring)
                .map(r -> work(r, settings))
                .reduce(Duration.ZERO, Duration::plus)
                .plus(inWindow(plan).stream()
                        .filter(r -> r.number() == ring)
                        .map(r -> work(r, settings))
                        .reduce(Duration.ZERO, Duration::plus));
    }

    private static RunTime of(List<PlannedRing> rings, ScheduleSettings settings) {
        var work = Duration.ZERO;
        var soaks = Duration.ZERO;
        for (int i = 0; i < rings.size(); i++) {
            work = work.plus(work(rings.get(i), settings));
            soaks = i + 1 < rings.size()
                    ? soaks.plus(Duration.parse(rings.get(i).soak()))
                    : soaks;
        }
        return new RunTime(work.plus(soaks), work);
    }

    private static List<PlannedRing> inWindow(Plan plan) {
        return plan.rings().stream().filter(ring -> !ring.kind().equals("lab")).toList();
    }

    private static Duration work(PlannedRing ring, ScheduleSettings settings) {
        int batches = (ring.hosts().size() + settings.batch() - 1) / settings.batch();
        return settings.ringOverhead().plus(settings.perBatch().multipliedBy(batches));
    }

    /** The run and the way back. */
    public Duration needed() {
        return run.plus(reserve);
    }
}
