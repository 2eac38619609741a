package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.patchboard.audit.ReleaseKey;
import org.patchboard.rollout.Releases;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** Signs leave to work on hosts; asked by the gate, by the test of a plan and by the way back, and by nobody else. */
@Component
public class ReleaseSigner {

    /** The way back is not bound to the window. */
    private static final Duration BACK_OUT = Duration.ofHours(24);

    private static final Duration TEST = Duration.ofHours(24);

    /** Nodes read the database's clock now and then and may differ by a moment. */
    private static final Duration MOMENT = Duration.ofMinutes(1);

    private final Releases releases;
    private final ReleaseKey key;
    private final Clock clock;

    ReleaseSigner(Releases releases, ReleaseKey key, Clock clock) {
        this.releases = releases;
        this.key = key;
        this.clock = clock;
    }

    /** For the ring's next attempt, within the window booked. */
    public void forRing(ChangeId change, int revision, int ring, Instant from, Instant to) {
        sign(releases.claims(change, revision, ring, Action.INSTALL, Releases.ROLLOUT, from, to));
    }

    /** For the test of a plan: a dry run, or an installation in the lab. */
    void forTest(ChangeId change, int revision, int ring, Action action) {
        var now = clock.instant();
        sign(releases.claims(change, revision, ring, action, Releases.TEST, now.minus(MOMENT), now.plus(TEST)));
    }

    /** For the way back of a ring that was begun. */
    void forBackOut(ChangeId change, int revision, int ring) {
        var now = clock.instant();
        sign(releases.claims(
                change, revision, ring, Action.BACK_OUT, Releases.ROLLOUT, now.minus(MOMENT), now.plus(BACK_OUT)));
    }

    private void sign(Releases.Claims claims) {
        releases.keep(claims, key.sign(claims.signingInput()));
    }
}
