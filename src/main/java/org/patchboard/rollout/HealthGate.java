package org.patchboard.rollout;

import java.util.Optional;
import org.patchboard.rollout.RingLedger.Tally;

/**
 * Whether a ring may be followed by the next. The share of hosts that have the new version decides; a host that could
 * not be reached counts against it. Whatever the share, a failure on a host of very high criticality stops the ring,
 * and so does a host that was never started.
 */
final class HealthGate {

    private HealthGate() {}

    /** Why the ring must not pass, as a sentence; empty when it may. */
    static Optional<String> against(Tally tally, int successShare) {
        if (tally.vital() > 0) {
            return Optional.of("%d of the hosts that failed are of very high criticality".formatted(tally.vital()));
        }
        if (tally.planned() > 0) {
            return Optional.of("%d of %d hosts were never started".formatted(tally.planned(), tally.hosts()));
        }
        // Multiplied, not divided: 94.6 % must not round to 95.
        if (100L * tally.installed() < (long) successShare * tally.hosts()) {
            return Optional.of("%d of %d hosts succeeded, and %d %% must"
                    .formatted(tally.installed(), tally.hosts(), successShare));
        }
        return Optional.empty();
    }
}
