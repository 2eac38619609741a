package org.patchboard.exception;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/**
 * A risk that somebody asks to be carried for a time.
 *
 * @param assets hosts concerned; empty for the whole change
 * @param kind {@code deferral}, {@code risk-acceptance}, {@code mitigation} or {@code not-affected}
 * @param vex OpenVEX justification of "not affected", else empty
 * @param exitPlan how it will come to an end
 * @param wantedUntil until when it is asked for; null when the owner of the risk chooses
 * @param checkAt when what holds the risk down is looked at next; null when it is not
 * @param renews the request whose exception this continues; null when it is the first
 * @param residualRisk as the table says, empty before it was asked
 * @param authority groups that may accept it
 * @param maxDays the longest it may last; null before the table was asked
 * @param opinionBinds whether security may refuse it alone
 * @param opinion {@code favourable} or {@code unfavourable}; null when security has said nothing
 * @param decision {@code accepted} or {@code refused}; null while it is open
 */
public record ExceptionRequest(
        long id,
        ChangeId change,
        List<AssetId> assets,
        String kind,
        String reason,
        String control,
        String vex,
        String exitPlan,
        String requestedBy,
        @Nullable Instant wantedUntil,
        @Nullable Instant checkAt,
        @Nullable Long renews,
        String residualRisk,
        List<String> authority,
        @Nullable Integer maxDays,
        boolean opinionBinds,
        @Nullable String opinion,
        String opinionText,
        @Nullable String decision,
        @Nullable String decidedBy) {

    public ExceptionRequest {
        assets = List.copyOf(assets);
        authority = List.copyOf(authority);
    }

    public boolean isAccepted() {
        return "accepted".equals(decision);
    }
}
