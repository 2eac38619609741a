package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.audit.Checkpoints;
import org.patchboard.notification.Outbox;
import org.patchboard.shared.Sha256;
import org.springframework.beans.factory.annotation.Autowired;

@PatchboardTest
class CheckpointMailTest {

    @Autowired
    Checkpoints checkpoints;

    @Autowired
    Outbox outbox;

    @Autowired
    TestPeople people;

    @Test
    void auditorsAreSentWhatShowsARewrittenTrail() {
        var auditor = people.someone("auditor");
        var member = people.someone("cab");
        var made = checkpoints.make();
        assertThat(outbox.page(auditor, null, 0, 10).items()).singleElement().satisfies(message -> {
            assertThat(message.subject()).isEqualTo("Checkpoint " + made.number() + " of the audit trail");
            assertThat(message.text())
                    .contains(made.digest(), made.signature(), "/api/v1/audit/checkpoints/" + made.number());
        });
        assertThat(outbox.page(member, null, 0, 10).items()).isEmpty();
        var firstLine = checkpoints.file(made.number()).lines().findFirst().orElseThrow();
        assertThat(Sha256.hex(firstLine)).as("as the message says").isEqualTo(made.digest());
    }
}
