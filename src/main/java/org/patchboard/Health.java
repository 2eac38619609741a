package org.patchboard;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What "ready" means: a vote could be recorded now, and a window would be judged by the right time. */
@Configuration(proxyBeanMethods = false)
class Health {

    private static final Duration TOLERATED = Duration.ofSeconds(30);

    @Bean
    HealthIndicator writeHealthIndicator(JdbcClient jdbc, Clock clock) {
        return () -> {
            jdbc.sql("update heartbeat set at = ? where id = 1")
                    .param(clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
            return org.springframework.boot.actuate.health.Health.up().build();
        };
    }

    @Bean
    HealthIndicator clockHealthIndicator(Clock clock) {
        return () -> {
            var ahead = clock instanceof DatabaseClock database ? database.ahead() : Duration.ZERO;
            var zone = ZoneId.systemDefault().normalized();
            var right = ahead.abs().compareTo(TOLERATED) < 0 && zone.equals(ZoneOffset.UTC);
            return org.springframework.boot.actuate.health.Health.status(right ? Status.UP : Status.OUT_OF_SERVICE)
                    .withDetail("databaseAheadSeconds", ahead.toMillis() / 1000.0)
                    .withDetail("zone", zone.getId())
                    .withDetail(
                            "remedy", right ? "none" : "synchronise the clocks and start Java with -Duser.timezone=UTC")
                    .build();
        };
    }
}
