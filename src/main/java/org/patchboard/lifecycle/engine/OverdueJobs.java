package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import org.camunda.bpm.engine.ManagementService;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** An engine whose timers are late looks healthy from outside; the oldest job that should have run tells. */
@Component
class OverdueJobs implements HealthIndicator {

    private static final Duration TOLERATED = Duration.ofMinutes(10);

    private final ManagementService management;
    private final Clock clock;

    OverdueJobs(ManagementService management, Clock clock) {
        this.management = management;
        this.clock = clock;
    }

    @Override
    public Health health() {
        var late = Date.from(clock.instant().minus(TOLERATED));
        var overdue = management
                .createJobQuery()
                .duedateLowerThan(late)
                .withRetriesLeft()
                .active()
                .orderByJobDuedate()
                .asc();
        var count = overdue.count();
        var health =
                Health.status(count == 0 ? Status.UP : Status.OUT_OF_SERVICE).withDetail("overdue", count);
        overdue.listPage(0, 1)
                .forEach(job -> health.withDetail(
                        "oldestDue", job.getDuedate().toInstant().toString()));
        return health.build();
    }
}
