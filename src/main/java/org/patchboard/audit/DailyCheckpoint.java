package org.patchboard.audit;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Once a day, from the first start on. */
@Configuration(proxyBeanMethods = false)
class DailyCheckpoint {

    private static final Duration EVERY = Duration.ofDays(1);

    @Bean
    RecurringTask<Void> makeCheckpoint(Checkpoints checkpoints) {
        return Tasks.recurring("audit-checkpoint", FixedDelay.of(EVERY))
                .execute((instance, context) -> checkpoints.make());
    }
}
