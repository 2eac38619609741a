package org.patchboard.approval;

import java.time.Instant;
import org.patchboard.shared.ChangeId;

/**
 * Leave to carry out one kind of change on one maintenance group as a standard change.
 *
 * @param model the change whose way of working is licensed
 * @param uses how many changes it is good for
 * @param used how many it was used for
 * @param state {@code proposed}, {@code live}, {@code refused} or {@code suspended}
 * @param why what the state is due to
 */
public record Licence(
        long id,
        String maintenanceGroup,
        String advisory,
        ChangeId model,
        int uses,
        int used,
        Instant until,
        String state,
        String why,
        String proposedBy) {}
