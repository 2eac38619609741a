package org.patchboard.approval;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.patchboard.shared.ChangeId;

/**
 * A ballot to be opened; the meaning of the components is that of {@link Ballot}.
 *
 * @param minimumVotes at least 1: nothing is approved by nobody
 */
public record NewBallot(
        ChangeId change,
        int revision,
        String purpose,
        String digest,
        String authority,
        int minimumVotes,
        List<String> requiredTeams,
        List<String> vetoTeams,
        List<String> eligible,
        Instant deadline,
        UUID receipt) {

    /** A ballot that authorizes. */
    public NewBallot(
            ChangeId change,
            int revision,
            String digest,
            String authority,
            int minimumVotes,
            List<String> requiredTeams,
            List<String> vetoTeams,
            List<String> eligible,
            Instant deadline,
            UUID receipt) {
        this(
                change,
                revision,
                "authorization",
                digest,
                authority,
                minimumVotes,
                requiredTeams,
                vetoTeams,
                eligible,
                deadline,
                receipt);
    }

    public NewBallot {
        requiredTeams = List.copyOf(requiredTeams);
        vetoTeams = List.copyOf(vetoTeams);
        eligible = List.copyOf(eligible);
        if (minimumVotes < 1) {
            throw new IllegalArgumentException("a ballot asks for at least one approval");
        }
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a digest: " + digest);
        }
    }
}
