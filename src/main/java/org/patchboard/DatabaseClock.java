package org.patchboard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Follows the database's clock: refreshed in the background, so that reading it neither asks nor throws. */
public final class DatabaseClock extends Clock {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration REFRESH = Duration.ofSeconds(30);

    private final JdbcClient jdbc;
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "database-clock");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Duration ahead = Duration.ZERO;

    DatabaseClock(JdbcClient jdbc) {
        this.jdbc = jdbc;
        refresh();
        refresher.scheduleWithFixedDelay(this::refresh, REFRESH.toSeconds(), REFRESH.toSeconds(), TimeUnit.SECONDS);
    }

    /** How far the database is ahead of this machine; negative when behind. */
    public Duration ahead() {
        return ahead;
    }

    void stop() {
        refresher.shutdownNow();
    }

    private void refresh() {
        try {
            var before = Instant.now();
            var database = jdbc.sql("select clock_timestamp()")
                    .query(OffsetDateTime.class)
                    .single();
            var after = Instant.now();
            var middle = before.plus(Duration.between(before, after).dividedBy(2));
            ahead = Duration.between(middle, database.toInstant());
        } catch (DataAccessException e) {
            LOG.warn("the database's clock could not be read; its last known distance {} stays in force", ahead, e);
        }
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.offset(Clock.system(zone), ahead);
    }
}
