package org.patchboard.approval;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vote as people read it.
 *
 * @param name the voter's name
 * @param teams the voter's groups at the moment of the vote
 * @param decision {@link Decision#word()}
 * @param digest the plan the voter was shown
 * @param replacedAt when the same person changed it; null while it stands
 */
public record Vote(
        long id,
        int revision,
        int round,
        String login,
        String name,
        List<String> teams,
        String decision,
        String comment,
        String digest,
        Instant at,
        @Nullable Instant replacedAt) {

    public Vote {
        teams = List.copyOf(teams);
    }

    public boolean stands() {
        return replacedAt == null;
    }
}
