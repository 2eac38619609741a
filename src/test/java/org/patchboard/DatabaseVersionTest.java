package org.patchboard;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;

@PatchboardTest
class DatabaseVersionTest {

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Flyway flyway;

    @Test
    void anOlderDatabaseIsRefusedAtTheStart() throws Exception {
        var check = new ClassPathResource("db/migration/beforeMigrate.sql").getContentAsString(StandardCharsets.UTF_8);
        assertThatCode(() -> jdbc.execute(check)).doesNotThrowAnyException();
        assertThatThrownBy(() -> jdbc.execute(check.replace("170000", "990000")))
                .hasMessageContaining("Patchboard needs PostgreSQL 17 or newer; this is 17");
        assertThatCode(flyway::migrate).doesNotThrowAnyException();
    }
}
