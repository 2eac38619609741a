package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The queue itself, running: a node of the test's own beside the application's, which does not poll in tests. */
@PatchboardTest
class HostWorkTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    @Autowired
    DataSource database;

    @Autowired
    HostQueue queue;

    @Autowired
    Clock clock;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    private final String kind = "test-" + UUID.randomUUID();
    private HostWork node;

    @AfterEach
    void stopTheNode() {
        if (node != null) {
            node.stop();
        }
    }

    private void start(Consumer<Claim> work) {
        var kindOfWork = new DurableHostWork() {
            @Override
            public String name() {
                return kind;
            }

            @Override
            public void carryOut(Claim claim) {
                work.accept(claim);
            }
        };
        node = new HostWork(database, List.of(kindOfWork), clock, Duration.ofMillis(100), Duration.ofMillis(500), 2);
        node.start();
    }

    private long left() {
        return jdbc.sql("select count(*) from scheduled_host_tasks where task_name = ?")
                .param(kind)
                .query(Long.class)
                .single();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** The library removes the row after the work has returned, so its end is waited for by stopping the node. */
    private void settle() {
        node.stop();
        node = null;
    }

    @Test
    void runsWorkOnceUnderAClaimThatHolds() throws Exception {
        var done = new CountDownLatch(1);
        queue.add(kind, List.of("one"));
        start(claim -> {
            transaction.executeWithoutResult(status -> queue.hold(claim));
            done.countDown();
        });
        await(done);
        settle();
        assertThat(left()).isZero();
    }

    @Test
    void isQueuedExactlyWhenTheDeedIs() {
        transaction.executeWithoutResult(status -> {
            queue.add(kind, List.of("one"));
            status.setRollbackOnly();
        });
        assertThat(left()).isZero();
    }

    @Test
    void triesFailedWorkAgainAfterAMinute() throws Exception {
        var failed = new CountDownLatch(1);
        queue.add(kind, List.of("one"));
        start(claim -> {
            failed.countDown();
            throw new IllegalStateException("not today");
        });
        await(failed);
        settle();
        assertThat(jdbc.sql("""
                        select execution_time > last_failure + interval '59 seconds' and not picked
                          from scheduled_host_tasks where task_name = ?""").param(kind).query(Boolean.class).single()).isTrue();
        jdbc.sql("delete from scheduled_host_tasks where task_name = ?")
                .param(kind)
                .update();
    }

    @Test
    void takesOverFromANodeThatDied() throws Exception {
        queue.add(kind, List.of("one"));
        jdbc.sql("""
                        update scheduled_host_tasks
                           set picked = true, picked_by = 'dead', version = 2, last_heartbeat = ?
                         where task_name = ?""")
                .params(java.sql.Timestamp.from(clock.instant().minusSeconds(3600)), kind)
                .update();
        var done = new CountDownLatch(1);
        start(claim -> {
            assertThat(claim.version()).isGreaterThan(2);
            done.countDown();
        });
        await(done);
        settle();
        assertThat(left()).isZero();
    }
}
