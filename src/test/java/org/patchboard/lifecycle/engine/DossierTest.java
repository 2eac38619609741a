package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;

@PatchboardTest
class DossierTest {

    @Autowired
    Dossier dossier;

    @Autowired
    WebApplicationContext context;

    @Autowired
    Statements statements;

    @Autowired
    TestPeople people;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Clock clock;

    @Test
    void saysWhatATableDecidedInWords() {
        var change = new ChangeId("CHG-987001");
        receipt(change, "{\"days\": -1, \"clockStart\": \"published\"}");
        receipt(change, "{\"days\": 30}");
        assertThat(dossier.risk(change).get("receipts"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .extracting(row -> String.valueOf(row.get("result")))
                .containsExactlyInAnyOrder("at the next upgrade, clock start published", "days 30");
    }

    @Test
    void namesPeopleAsReadersKnowThem() {
        var change = new Governed(context).change;
        var ana = people.someone("vulnerability-analyst");
        transaction.executeWithoutResult(status -> {
            statements.record(change, 0, "triage", "patch", "in use", Actor.person(ana));
            statements.record(change, 0, "triage", "patch", "by itself", Actor.system("opening"));
        });
        assertThat(dossier.statements(change))
                .extracting(statement -> statement.get("person"))
                .contains("Test " + ana, "opening")
                .doesNotContain(ana);
    }

    private void receipt(ChangeId change, String output) {
        jdbc.sql("""
                        insert into receipt (id, change_id, decision, decision_name, decision_version, decision_digest,
                                             inputs, rules, outputs, at)
                        values (?, ?, 'deadline-test', 'Deadline', 1, 'none', '{}', '[]', ?::jsonb, ?)""")
                .params(
                        UUID.randomUUID(),
                        change.value(),
                        "[" + output + "]",
                        OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
    }
}
