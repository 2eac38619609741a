package org.patchboard.notification;

import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The durable task that sends one message, and the sweep that finds messages without a task. */
@Configuration(proxyBeanMethods = false)
class SendMail {

    static final TaskDescriptor<Void> TASK = TaskDescriptor.of("send-mail");
    private static final Duration SWEEP = Duration.ofMinutes(1);

    @Bean
    CustomTask<Void> sendMailTask(MailRelay relay, Clock clock) {
        return Tasks.custom(TASK)
                // A crash while sending leaves the row in "sending": it is tried again with the same Message-ID.
                .onDeadExecution((done, operations) -> operations.reschedule(done, clock.instant()))
                .execute((instance, context) -> {
                    var next = relay.send(UUID.fromString(instance.getId()));
                    return (done, operations) ->
                            next.ifPresentOrElse(again -> operations.reschedule(done, again), operations::remove);
                });
    }

    @Bean
    RecurringTask<Void> sweepOutbox(MailRelay relay) {
        return Tasks.recurring("sweep-outbox", FixedDelay.of(SWEEP)).execute((instance, context) -> relay.sweep());
    }
}
