package org.patchboard.exception;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/** What is asked for; the meaning of the components is that of {@link ExceptionRequest}. */
public record NewExceptionRequest(
        ChangeId change,
        List<AssetId> assets,
        String kind,
        String reason,
        String control,
        String vex,
        String exitPlan,
        @Nullable Instant until,
        @Nullable Instant checkAt,
        @Nullable Long renews) {

    public NewExceptionRequest {
        assets = List.copyOf(assets);
    }
}
