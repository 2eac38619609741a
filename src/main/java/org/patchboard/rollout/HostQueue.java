package org.patchboard.rollout;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.serializer.JacksonSerializer;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/** Where work on hosts is queued, in the transaction of the deed that orders it. */
@Component
public class HostQueue {

    static final String TABLE = "scheduled_host_tasks";

    private final SchedulerClient queue;
    private final JdbcClient jdbc;
    private final Clock clock;

    HostQueue(DataSource database, JdbcClient jdbc, Clock clock) {
        this.queue = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database), List.of())
                .tableName(TABLE)
                .serializer(new JacksonSerializer())
                .enablePriority()
                .build();
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Queues pieces of work, due at once.
     *
     * @param instances their names, never used before for this kind of work
     */
    public void add(String work, Collection<String> instances) {
        queue.scheduleBatch(
                instances.stream()
                        .<TaskInstance<?>>map(instance -> new TaskInstance<>(work, instance, instance))
                        .toList(),
                clock.instant());
    }

    /**
     * Makes sure, in the caller's transaction, that the work has not been taken over, and keeps it so until the end of
     * that transaction.
     *
     * @throws StaleWork when it has
     */
    public void hold(Claim claim) {
        var mine = jdbc.sql("""
                        select version from scheduled_host_tasks
                         where task_name = ? and task_instance = ? and picked and picked_by = ? and version = ?
                           for update""")
                .param(claim.task())
                .param(claim.instance())
                .param(claim.pickedBy())
                .param(claim.version())
                .query(Long.class)
                .optional();
        if (mine.isEmpty()) {
            throw new StaleWork(claim.instance() + " has been taken over by another node");
        }
    }
}
