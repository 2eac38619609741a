package org.patchboard.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.audit.BundleVerifier.DoesNotHold;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What was signed and lies elsewhere shows what was rewritten here. */
@PatchboardTest
class CheckpointsTest {

    private static final Actor ACTOR = Actor.system("test");

    @Autowired
    Checkpoints checkpoints;

    @Autowired
    AuditTrail audit;

    @Autowired
    Seals seals;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    private ChangeId change;

    @BeforeEach
    void somethingHappens() {
        change = new ChangeId("CHG-" + ThreadLocalRandom.current().nextInt(800_000_000, 899_000_000));
        happens("one");
        happens("two");
    }

    private void happens(String what) {
        transaction.executeWithoutResult(status -> audit.record(change, ACTOR, what, "subject", Map.of("what", what)));
    }

    private CheckpointFile kept() throws DoesNotHold {
        return CheckpointFile.read(checkpoints.file(checkpoints.make().number()), null);
    }

    private BundleVerifier.Summary verify(byte[] bundle, CheckpointFile kept) throws Exception {
        return BundleVerifier.verify(new ByteArrayInputStream(bundle), null, kept);
    }

    @Test
    void saysHowLongEachChainWas() throws Exception {
        var head = kept().heads().get(change.value());
        assertThat(head.seq()).isEqualTo(2);
        assertThat(head.hash()).isEqualTo(audit.head(change));
    }

    @Test
    void namesOnlyWhatHasGrownAndIsTiedToTheOneBefore() throws Exception {
        var first = checkpoints.make();
        var second = CheckpointFile.read(checkpoints.file(checkpoints.make().number()), null);
        assertThat(second.previous()).isEqualTo(first.digest());
        assertThat(second.heads()).doesNotContainKey(change.value()).containsKey("checkpoints");
        happens("three");
        assertThat(kept().heads().get(change.value()).seq()).isEqualTo(3);
    }

    @Test
    void oneChangedCharacterIsFound() {
        var file = checkpoints.file(checkpoints.make().number());
        var changed = file.replace("\"seq\"", "\"seq \"").replaceFirst("\"entries\":\\d", "\"entries\":9");
        assertThatThrownBy(
                        () -> CheckpointFile.read(changed.equals(file) ? file.replaceFirst("1", "2") : changed, null))
                .isInstanceOf(DoesNotHold.class);
        assertThatThrownBy(() -> CheckpointFile.read(file, "00")).hasMessageContaining("another key");
        assertThatThrownBy(() -> CheckpointFile.read("nonsense", null)).isInstanceOf(DoesNotHold.class);
        assertThatThrownBy(() -> CheckpointFile.read("[]\nAAAA\n", null)).isInstanceOf(DoesNotHold.class);
    }

    @Test
    void aBundleThatWasSealedBeforeIsUnderIt() throws Exception {
        var bundle = seals.seal(change);
        assertThat(verify(bundle, kept()).anchored()).startsWith("sealed in exactly this form before checkpoint");
    }

    @Test
    void aBundleSealedAfterwardsHasToContinueWhatWasThere() throws Exception {
        var kept = kept();
        happens("three");
        assertThat(verify(seals.seal(change), kept).anchored()).startsWith("its first 2 audit rows were the same");
    }

    @Test
    void aBundleOfARewrittenChainContradictsIt() throws Exception {
        var kept = kept();
        rewrite();
        var bundle = seals.seal(change);
        assertThat(verify(bundle, null).rows()).as("holds in itself").isEqualTo(2);
        assertThatThrownBy(() -> verify(bundle, kept))
                .isInstanceOf(DoesNotHold.class)
                .hasMessageContaining("another than at");
        assertThat(checkpoints.firstFault())
                .hasValueSatisfying(fault -> assertThat(fault).contains(change + ", row 2"));
        repair();
    }

    @Test
    void aBundleOfAChainThatWasCutContradictsIt() throws Exception {
        happens("three");
        var kept = kept();
        var other = new CheckpointFile(
                kept.number(),
                kept.at(),
                kept.entries(),
                "",
                Map.of(change.value(), new CheckpointFile.Head(9, "00")),
                Map.of(),
                kept.keyFingerprint());
        var bundle = seals.seal(change);
        assertThatThrownBy(() -> verify(bundle, other)).hasMessageContaining("had 9 rows");
    }

    @Test
    void isNotEditedAndUnknownOnesAreRefused() {
        var made = checkpoints.make();
        assertThatThrownBy(() -> jdbc.sql("update audit_checkpoint set entries = 0 where number = ?")
                        .param(made.number())
                        .update())
                .hasMessageContaining("append-only");
        assertThatThrownBy(() -> checkpoints.file(made.number() + 1_000)).isInstanceOf(Refusal.class);
    }

    private byte[] hashBefore = new byte[0];
    private byte[] hashAfter = new byte[0];

    /** What somebody can do who owns the database: another deed in place of the last one, and the chain computed anew. */
    private void rewrite() {
        hashBefore = HexFormat.of().parseHex(audit.head(change));
        var content = "{\"what\":\"nothing\"}";
        var digest = Sha256.of(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        record Row(byte[] previous, java.time.Instant at) {}
        var row = jdbc.sql("select previous_hash, at from audit_entry where chain = ? and seq = 2")
                .param(change.value())
                .query((r, n) -> new Row(r.getBytes(1), r.getTimestamp(2).toInstant()))
                .single();
        hashAfter =
                DatabaseAuditTrail.hash(row.previous(), change.value(), 2, row.at(), ACTOR, "two", "subject", digest);
        write(content, digest, hashAfter);
    }

    private void repair() {
        var content = "{\"what\":\"two\"}";
        write(content, Sha256.of(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)), hashBefore);
        jdbc.sql("alter table audit_entry disable trigger audit_entry_is_append_only")
                .update();
        jdbc.sql("delete from audit_entry where chain = ? and seq > 2")
                .param(change.value())
                .update();
        jdbc.sql("alter table audit_entry enable trigger audit_entry_is_append_only")
                .update();
        jdbc.sql("update audit_chain set seq = 2, hash = ? where chain = ?")
                .params(hashBefore, change.value())
                .update();
    }

    private void write(String content, byte[] digest, byte[] hash) {
        jdbc.sql("alter table audit_entry disable trigger audit_entry_is_append_only")
                .update();
        jdbc.sql("update audit_entry set content = ?, content_digest = ?, hash = ? where chain = ? and seq = 2")
                .params(content, digest, hash, change.value())
                .update();
        jdbc.sql("alter table audit_entry enable trigger audit_entry_is_append_only")
                .update();
        jdbc.sql("update audit_chain set hash = ? where chain = ?")
                .params(hash, change.value())
                .update();
    }
}
