package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.audit.CheckpointFile;
import org.patchboard.audit.Checkpoints;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class AuditApiTest {

    @Autowired
    Checkpoints checkpoints;

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    ApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    private String login;
    private Caller auditor;
    private ChangeId change;

    @BeforeEach
    void act() {
        login = people.someone("auditor");
        auditor = new Caller(http, people.token(login));
        change = new Scene(context).affected("alpha").record();
    }

    @Test
    void findsDeedsByChangeActionActorAndTime() {
        var found = auditor.get("/audit/events?change=" + change + "&action=change-opened&actor=test")
                .getBody();
        assertThat(found.path("total").asInt()).isOne();
        var deed = found.path("items").get(0);
        assertThat(deed.path("content").path("reason").asText()).isEqualTo("a test");
        assertThat(deed.path("digest").asText()).hasSize(64);
        var at = Instant.parse(deed.path("at").asText());
        assertThat(total("change=" + change + "&from=" + at + "&to=" + at.plusMillis(1)))
                .isPositive();
        assertThat(total("change=" + change + "&to=" + at)).isZero();
        assertThat(auditor.get("/audit/events?from=yesterday").getStatusCode().value())
                .isEqualTo(400);
    }

    private int total(String filter) {
        return auditor.get("/audit/events?" + filter).getBody().path("total").asInt();
    }

    @Test
    void thatAnAuditorLookedIsRecorded() {
        auditor.get("/audit/events?change=" + change);
        auditor.get("/audit/verification");
        assertThat(jdbc.sql("select action from audit_entry where actor = ? and chain = 'audit-reads' order by id")
                        .param(login)
                        .query(String.class)
                        .list())
                .containsExactly("audit-read", "audit-verified");
    }

    @Test
    void checksEveryChain() {
        var checked = auditor.get("/audit/verification").getBody();
        assertThat(checked.has("holds")).isTrue();
        assertThat(checked.path("entries").asLong()).isPositive();
        assertThat(checked.path("holds").asBoolean())
                .isEqualTo(checked.path("fault").isNull());
    }

    @Test
    void givesCheckpointsAwayToBeKeptElsewhere() throws Exception {
        var made = checkpoints.make();
        var listed = auditor.get("/audit/checkpoints").getBody();
        assertThat(listed.path("items").path(0).path("number").asLong()).isEqualTo(made.number());
        assertThat(listed.path("items").path(0).path("digest").asText()).isEqualTo(made.digest());
        var file = CheckpointFile.read(checkpoints.file(made.number()), null);
        assertThat(file.number()).isEqualTo(made.number());
        assertThat(file.entries()).isEqualTo(made.entries());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cab", "camunda-admin", "change-manager", "implementer"})
    void nobodyElseReadsTheTrail(String group) {
        var caller = new Caller(http, people.token(people.someone(group)));
        for (var path :
                new String[] {"/audit/events", "/audit/verification", "/audit/checkpoints", "/audit/checkpoints/1"}) {
            var refused = caller.get(path);
            assertThat(refused.getStatusCode().value()).as(path).isEqualTo(403);
            assertThat(refused.getBody().path("detail").asText()).contains("auditor");
        }
    }
}
