package org.patchboard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.shared.Actor;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@PatchboardTest
class DeedLogTest {

    @Autowired
    AuditTrail audit;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final String chain = "log-test:" + UUID.randomUUID();

    @BeforeEach
    void listen() {
        lines.start();
        ((Logger) LoggerFactory.getLogger("org.patchboard.deed")).addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger("org.patchboard.deed")).detachAppender(lines);
    }

    private List<ILoggingEvent> written() {
        return lines.list.stream()
                .filter(line -> line.getFormattedMessage().contains(chain))
                .toList();
    }

    private void record(String subject) {
        audit.record(chain, Actor.person("ana"), "thing-done", subject, Map.of("password", "secret-content"));
    }

    @Test
    void writesOneLineForADeedThatIsCommitted() {
        transaction.executeWithoutResult(status -> {
            record("a thing");
            assertThat(written()).isEmpty();
        });
        assertThat(written()).hasSize(1);
        var line = written().get(0);
        var digest = jdbc.sql("select encode(content_digest, 'hex') from audit_entry where chain = ?")
                .param(chain)
                .query(String.class)
                .single();
        assertThat(line.getFormattedMessage())
                .isEqualTo("deed action=thing-done actor=\"ana\" of=\"%s\" subject=\"a thing\" digest=%s"
                        .formatted(chain, digest));
        assertThat(line.getKeyValuePairs().stream()
                        .collect(Collectors.toMap((KeyValuePair pair) -> pair.key, pair -> pair.value)))
                .containsEntry("event.action", "thing-done")
                .containsEntry("user.name", "ana")
                .containsEntry("patchboard.subject", "a thing")
                .containsEntry("patchboard.digest", digest);
    }

    @Test
    void writesNothingForADeedThatIsRolledBack() {
        transaction.executeWithoutResult(status -> {
            record("a thing");
            status.setRollbackOnly();
        });
        assertThat(written()).isEmpty();
    }

    @Test
    void writesNoSecretAndNoLineOfSomebodyElse() {
        transaction.executeWithoutResult(
                status -> record("x\" digest=0\r\ndeed action=vote-cast actor=\"maya\" \u001b[2J\u202e\u2028"));
        var line = written().get(0).getFormattedMessage();
        assertThat(line)
                .doesNotContain("secret-content", "\r", "\n", "\u001b", "\u202e", "\u2028")
                .contains("subject=\"x' digest=0??deed action=vote-cast actor='maya' ?[2J??\"");
    }
}
