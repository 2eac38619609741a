package org.patchboard.change;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/**
 * ITIL change record: one advisory bundle for one maintenance group.
 *
 * @param advisory what is fixed together, such as {@code deb/openssl}
 * @param changeClass {@code standard}, {@code normal} or {@code emergency}; null before it is classified
 * @param risk {@code low} or {@code high}
 * @param requester login, or {@code rule:name}
 * @param due the earliest deadline; null when none binds
 */
public record ChangeRecord(
        ChangeId id,
        String title,
        String reason,
        ChangeState state,
        @Nullable String outcome,
        @Nullable String changeClass,
        @Nullable String risk,
        @Nullable String priority,
        String advisory,
        String maintenanceGroup,
        String requester,
        boolean forensicTriage,
        @Nullable Instant due,
        @Nullable String duePack,
        @Nullable String dueCitation,
        Instant openedAt,
        @Nullable Instant closedAt,
        List<String> cves) {}
