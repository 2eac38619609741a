package org.patchboard.audit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.patchboard.shared.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Attempts at what somebody may not do. Recorded in a transaction of their own, since the attempt's rolls back; so many
 * a minute for each person, or the record itself would be a weapon.
 */
@Component
public class RefusedAttempts {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedAttempts.class);
    private static final int A_MINUTE = 60;

    private final AuditTrail audit;
    private final TransactionTemplate ownTransaction;
    private final TimeMeter time;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    RefusedAttempts(AuditTrail audit, PlatformTransactionManager transactions, Clock clock) {
        this.audit = audit;
        this.time = new ByTheClock(clock);
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /**
     * Records one attempt.
     *
     * @param login who tried; {@code nobody} when nobody had signed in
     * @param channel {@code engine-rest}, {@code webapp}, {@code api} or {@code page}
     * @param what the engine's command, or method and path
     * @param sentence what the person was told
     */
    public void record(String login, String channel, String what, String sentence) {
        var bucket = buckets.computeIfAbsent(
                login,
                person -> Bucket.builder()
                        .withCustomTimePrecision(time)
                        .addLimit(limit -> limit.capacity(A_MINUTE).refillGreedy(A_MINUTE, Duration.ofMinutes(1)))
                        .build());
        if (!bucket.tryConsume(1)) {
            LOG.warn("attempts of {} are more than {} a minute and no longer recorded one by one", login, A_MINUTE);
            return;
        }
        ownTransaction.executeWithoutResult(status -> audit.record(
                "refused:" + login,
                Actor.person(login),
                "attempt-refused",
                what,
                Map.of("channel", channel, "why", sentence)));
    }

    /** The house has one clock, here too. */
    private record ByTheClock(Clock clock) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return TimeUnit.MILLISECONDS.toNanos(clock.millis());
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
