package org.patchboard.risk;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new version of a decision table on its way to being in force, or not.
 *
 * @param digest SHA-256 of the proposed table, hex; receipts name it once it decides
 * @param openChanges {@code pin}, {@code re-evaluate} or {@code re-approve}
 * @param author login
 * @param baseVersion the version that it was written against
 * @param state {@code proposed}, {@code unsound}, {@code waiting}, {@code approved}, {@code in-force},
 *     {@code superseded}, {@code refused}, {@code withdrawn} or {@code outdated}
 * @param problems what the test found; empty for a sound table
 * @param combinations on how many combinations of inputs it was tested
 * @param receipts on how many decisions of the past it was tried
 * @param due when silence refuses it
 * @param decidedBy login, or the part of the house that refused it for silence
 * @param version the version that it became
 * @param endedWhy why it was withdrawn, outdated or superseded
 */
public record PolicyProposal(
        String id,
        String decision,
        String name,
        String digest,
        String reason,
        String openChanges,
        String author,
        Instant proposedAt,
        int baseVersion,
        String baseDigest,
        String state,
        List<String> problems,
        int combinations,
        int receipts,
        @Nullable Instant due,
        @Nullable String decidedBy,
        @Nullable Instant decidedAt,
        String comment,
        @Nullable Integer version,
        @Nullable Instant publishedAt,
        @Nullable Instant endedAt,
        String endedWhy) {

    public PolicyProposal {
        problems = List.copyOf(problems);
    }

    /** Whether it may still come into force. */
    public boolean isOpen() {
        return state.equals("proposed") || state.equals("waiting") || state.equals("approved");
    }

    public ProposalId number() {
        return new ProposalId(id);
    }
}
