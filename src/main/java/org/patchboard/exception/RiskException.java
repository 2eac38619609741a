package org.patchboard.exception;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/**
 * A risk that somebody carries for a time.
 *
 * @param asset null when it covers the whole change
 * @param assetName null when it covers the whole change
 * @param kind {@code deferral}, {@code risk-acceptance}, {@code mitigation} or {@code not-affected}
 * @param control what holds the risk down meanwhile, empty when nothing does
 * @param until when it ends by itself
 * @param endedAt when it ended; null while it is in force
 */
public record RiskException(
        long id,
        ChangeId change,
        @Nullable AssetId asset,
        @Nullable String assetName,
        String kind,
        String reason,
        String control,
        String requestedBy,
        String acceptedBy,
        Instant from,
        Instant until,
        @Nullable Instant endedAt) {}
