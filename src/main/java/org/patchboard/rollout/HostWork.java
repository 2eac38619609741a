package org.patchboard.rollout;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.serializer.JacksonSerializer;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/**
 * Runs the queued work on hosts with threads of its own. Not a bean of type {@code Scheduler}: the one that sends mail
 * would not be made beside it.
 */
@Component
class HostWork implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HostWork.class);

    /** Waiting times after the first, second … failed try. */
    static final List<Duration> BACK_OFF =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1));

    /** The first try and one after each waiting time. */
    static final int TRIES = BACK_OFF.size() + 1;

    private final DataSource database;
    private final List<DurableHostWork> kinds;
    private final Clock clock;
    private final Duration poll;
    private final Duration heartbeat;
    private final int threads;
    private @Nullable Scheduler scheduler;

    HostWork(
            DataSource database,
            List<DurableHostWork> kinds,
            Clock clock,
            @Value("${db-scheduler.polling-interval:1s}") Duration poll,
            @Value("${db-scheduler.heartbeat-interval:5s}") Duration heartbeat,
            @Value("${patchboard.rollout.threads:4}") int threads) {
        this.database = database;
        this.kinds = kinds;
        this.clock = clock;
        this.poll = poll;
        this.heartbeat = heartbeat;
        this.threads = threads;
    }

    @Override
    public void start() {
        var tasks = kinds.stream().<Task<?>>map(this::task).toList();
        scheduler = Scheduler.create(new TransactionAwareDataSourceProxy(database), tasks)
                .tableName(HostQueue.TABLE)
                .schedulerName(new NodeName("hosts-" + UUID.randomUUID()))
                .serializer(new JacksonSerializer())
                .clock(clock::instant)
                .threads(threads)
                .pollingInterval(poll)
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(heartbeat)
                .missedHeartbeatsLimit(4)
                .enablePriority()
                .alwaysPersistTimestampInUTC()
                .deleteUnresolvedAfter(Duration.ofDays(3650))
                .shutdownMaxWait(Duration.ofSeconds(25))
                .build();
        scheduler.start();
    }

    @Override
    public void stop() {
        if (scheduler != null) {
            scheduler.stop();
            scheduler = null;
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    private Task<String> task(DurableHostWork kind) {
        return Tasks.oneTime(kind.name(), String.class)
                .onFailure(this::tryAgain)
                .onDeadExecution(this::takeOver)
                .execute((instance, context) -> kind.carryOut(claim(context.getExecution())));
    }

    private static Claim claim(Execution execution) {
        return new Claim(execution.getTaskName(), execution.getId(), execution.pickedBy, execution.version);
    }

    private void tryAgain(ExecutionComplete complete, ExecutionOperations<String> operations) {
        var failures = complete.getExecution().consecutiveFailures;
        operations.reschedule(complete, clock.instant().plus(BACK_OFF.get(Math.min(failures, BACK_OFF.size() - 1))));
    }

    /** The library's own revival reads this machine's clock and never gives up; the work counts its tries itself. */
    private void takeOver(ExecutionComplete complete, ExecutionOperations<String> operations) {
        LOG.warn(
                "the node that worked on {} is gone; it is taken over",
                complete.getExecution().getId());
        operations.reschedule(complete, clock.instant());
    }

    private record NodeName(String getName) implements com.github.kagkarlsson.scheduler.SchedulerName {}
}
