package org.patchboard.lifecycle.engine;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long things take and hold.
 *
 * @param notice between booking a window and its opening; an emergency change has none
 * @param approvalHolds how long an approval is fresh
 * @param ringOverhead of each ring, whatever its size
 * @param perBatch run time of each {@code batch} of hosts
 * @param batch hosts that are worked on at the same time
 * @param margin that a window must have on top, so that a timer a few minutes late does not miss it
 */
@ConfigurationProperties("patchboard.schedule")
public record ScheduleSettings(
        @DefaultValue("PT24H") Duration notice,
        @DefaultValue("P30D") Duration approvalHolds,
        @DefaultValue("PT5M") Duration ringOverhead,
        @DefaultValue("PT2M") Duration perBatch,
        @DefaultValue("20") int batch,
        @DefaultValue("PT15M") Duration margin) {}
