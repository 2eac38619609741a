package org.patchboard.rollout;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/**
 * A ring as it stands.
 *
 * @param state {@code planned}, {@code running}, {@code soaking}, {@code passed}, {@code halted}, {@code backed-out}
 * @param stoppedWhy why no more hosts are handed out; null while they are
 * @param haltedAt when it was last halted; null when it never was
 */
public record Ring(
        ChangeId change,
        int revision,
        int number,
        String name,
        String kind,
        String state,
        Duration soak,
        int successShare,
        String deployer,
        String digest,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String stoppedWhy,
        @Nullable Instant haltedAt) {

    /** Whether the health gate has let it through. */
    public boolean healthy() {
        return state.equals("soaking") || state.equals("passed");
    }
}
