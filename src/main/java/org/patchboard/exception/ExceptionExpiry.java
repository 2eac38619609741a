package org.patchboard.exception;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Every exception ends, whether or not anybody looks. */
@Configuration(proxyBeanMethods = false)
class ExceptionExpiry {

    private static final Duration EVERY = Duration.ofMinutes(5);

    @Bean
    RecurringTask<Void> expireExceptions(RiskExceptions exceptions) {
        return Tasks.recurring("exception-expiry", FixedDelay.of(EVERY))
                .execute((instance, context) -> exceptions.expire());
    }
}
