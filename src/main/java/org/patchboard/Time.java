package org.patchboard;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The house has one clock, the database's; several nodes with clocks of their own would order work twice (measured). */
@Configuration(proxyBeanMethods = false)
class Time {

    @Bean(destroyMethod = "stop")
    @ConditionalOnMissingBean(Clock.class)
    DatabaseClock clock(JdbcClient jdbc) {
        return new DatabaseClock(jdbc);
    }
}
