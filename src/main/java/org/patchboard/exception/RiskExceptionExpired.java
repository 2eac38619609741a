package org.patchboard.exception;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/**
 * An exception has reached its end; what it covered counts again, from its original date. Published in the transaction
 * that ends it.
 *
 * @param asset null when it covered the whole change
 * @param assetName null when it covered the whole change
 */
public record RiskExceptionExpired(
        long exception,
        ChangeId change,
        @Nullable AssetId asset,
        @Nullable String assetName,
        String acceptedBy,
        Instant until) {}
