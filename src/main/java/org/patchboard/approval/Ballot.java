package org.patchboard.approval;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/**
 * What the decision demanded of the board about one plan, and what came of it.
 *
 * @param round counted from 1; a deadline hands over to the next authority in a new round
 * @param purpose {@code authorization}, or {@code advice}: who advises authorizes nothing
 * @param digest of the plan that every vote signs, SHA-256 in hex
 * @param authority {@code standard}, {@code change-manager}, {@code cab} or {@code ecab}
 * @param minimumVotes approvals needed
 * @param requiredTeams groups that must be among the approvers
 * @param vetoTeams groups whose rejection refuses the change
 * @param eligible logins of those who were invited; fixed when the ballot is opened
 * @param receipt of the decision that set all this
 * @param outcome {@code approved}, {@code rejected}, {@code void}, {@code expired} or, of an advice, {@code advised};
 *     null while it is open
 */
public record Ballot(
        ChangeId change,
        int revision,
        int round,
        String purpose,
        String digest,
        String authority,
        int minimumVotes,
        List<String> requiredTeams,
        List<String> vetoTeams,
        List<String> eligible,
        Instant deadline,
        UUID receipt,
        @Nullable String outcome,
        @Nullable String outcomeReason,
        Instant openedAt,
        @Nullable Instant decidedAt) {

    public Ballot {
        requiredTeams = List.copyOf(requiredTeams);
        vetoTeams = List.copyOf(vetoTeams);
        eligible = List.copyOf(eligible);
    }

    public boolean isOpen() {
        return outcome == null;
    }

    /** Whether it is decided and says yes. */
    public boolean isApproved() {
        return !isAdvice() && "approved".equals(outcome);
    }

    /** Whether the board only advised those who decide afterwards (ITIL: advice is not authorization). */
    public boolean isAdvice() {
        return purpose.equals("advice");
    }

    Quorum quorum() {
        return new Quorum(minimumVotes, requiredTeams, vetoTeams);
    }
}
