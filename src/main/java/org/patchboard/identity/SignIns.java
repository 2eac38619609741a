package org.patchboard.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Counts attempts before the password is looked at, so that parallel guesses count each; the count is taken back by a
 * success. A lock ends by itself, so that nobody can lock the board out for good.
 */
@UseCase
public class SignIns {

    static final Duration MEMORY = Duration.ofMinutes(15);

    /** Guesses at one login from one address, guesses at one login from anywhere, guesses from one address. */
    static final int PER_LOGIN_AND_ADDRESS = 8;

    static final int PER_LOGIN = 60;
    static final int PER_ADDRESS = 120;

    private final JdbcClient jdbc;
    private final Clock clock;

    SignIns(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Counts an attempt; when there have been too many, says until when none is looked at. */
    public Optional<Instant> attempt(String login, String address) {
        var first = count("login:" + login + " from " + address, PER_LOGIN_AND_ADDRESS);
        var second = count("login:" + login, PER_LOGIN);
        var third = count("address:" + address, PER_ADDRESS);
        return latest(first, latest(second, third));
    }

    /** Takes the count back after a success. */
    public void succeeded(String login, String address) {
        jdbc.sql("delete from sign_in_failure where subject in (?, ?)")
                .params("login:" + login + " from " + address, "login:" + login)
                .update();
        jdbc.sql("update sign_in_failure set failures = greatest(failures - 1, 0) where subject = ?")
                .param("address:" + address)
                .update();
    }

    private Optional<Instant> count(String subject, int limit) {
        var now = clock.instant();
        @Nullable
        Instant locked = jdbc.sql("""
                        insert into sign_in_failure as f (subject, failures, last_failure)
                        values (:subject, 1, :now)
                        on conflict (subject) do update set
                          failures = case when f.last_failure < :forgotten then 1
                                          when f.locked_until > :now then f.failures
                                          else f.failures + 1 end,
                          last_failure = case when f.locked_until > :now then f.last_failure else :now end,
                          locked_until = case when f.locked_until > :now then f.locked_until
                                              when f.last_failure >= :forgotten and f.failures + 1 > :limit then :until
                                              else null end
                        returning locked_until""")
                .param("subject", subject)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("forgotten", now.minus(MEMORY).atOffset(ZoneOffset.UTC))
                .param("until", now.plus(MEMORY).atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query((row, number) -> row.getTimestamp(1) == null
                        ? Instant.EPOCH
                        : row.getTimestamp(1).toInstant())
                .single();
        return locked.isAfter(now) ? Optional.of(locked) : Optional.empty();
    }

    private static Optional<Instant> latest(Optional<Instant> one, Optional<Instant> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        return one.get().isAfter(other.get()) ? one : other;
    }
}
