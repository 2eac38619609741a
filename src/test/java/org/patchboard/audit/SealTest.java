package org.patchboard.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@PatchboardTest
class SealTest {

    @Autowired
    Seals seals;

    @Autowired
    Changes changes;

    @Autowired
    ChainVerifier chains;

    @Autowired
    AuditTrail audit;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    private ChangeId change;
    private byte[] bundle;

    @BeforeEach
    void sealAChange() {
        var group = "s" + UUID.randomUUID().toString().substring(0, 8);
        jdbc.sql("insert into maintenance_group values (?, ?, 'nobody', 'UTC', 'simulator', 'simulator')")
                .params(group, group)
                .update();
        var asset = jdbc.sql("""
                        insert into asset (name, kind, maintenance_group, source, first_seen, last_seen, changed_at)
                        values (?, 'server', ?, 'test', now(), now(), now()) returning id""").params(group + "-1", group).query(Long.class).single();
        change = changes.open(
                new NewChange(
                        "deb/openssl",
                        List.of("CVE-2099-1111"),
                        group,
                        "openssl",
                        "because",
                        List.of(new NewChange.Scoped(new AssetId(asset), "deb", "openssl", "1.0", "1.1"))),
                Actor.system("test"));
        changes.prioritise(change, "high", Actor.system("test"));
        bundle = seals.seal(change);
    }

    @Test
    void aSealedChangeHoldsWithoutADatabase() throws Exception {
        var summary = BundleVerifier.verify(new ByteArrayInputStream(bundle), null);
        assertThat(summary.change()).isEqualTo(change.value());
        assertThat(summary.rows()).isEqualTo(2);
        assertThat(new String(unzip(bundle).get("tables/change_asset.jsonl"), StandardCharsets.UTF_8))
                .contains("openssl");
        assertThatThrownBy(() -> BundleVerifier.verify(new ByteArrayInputStream(bundle), "00"))
                .hasMessageContaining("another key");
    }

    @Test
    void oneFlippedByteInAnyFileIsFoundAndNamed() throws Exception {
        for (var name : unzip(bundle).keySet()) {
            if (unzip(bundle).get(name).length == 0) {
                continue;
            }
            var flipped = with(bundle, name, content -> {
                var other = content.clone();
                other[other.length / 2] ^= 1;
                return other;
            });
            assertThatThrownBy(() -> BundleVerifier.verify(new ByteArrayInputStream(flipped), null))
                    .as(name)
                    .isInstanceOf(BundleVerifier.DoesNotHold.class);
        }
    }

    @Test
    void everyFlippedByteOfTheArchiveIsFound() {
        for (int at = 0; at < bundle.length; at += 97) {
            var flipped = bundle.clone();
            flipped[at] ^= 0x40;
            try {
                BundleVerifier.verify(new ByteArrayInputStream(flipped), null);
                // What is left is the archive's own bookkeeping (times, directory at the end), which says nothing.
                assertThat(contents(flipped)).isEqualTo(contents(bundle));
            } catch (BundleVerifier.DoesNotHold | IOException | IllegalArgumentException found) {
                assertThat(found).isNotNull();
            }
        }
    }

    @Test
    void aMissingOrAddedFileIsFound() throws Exception {
        var files = unzip(bundle);
        files.remove("change.json");
        assertThatThrownBy(() -> BundleVerifier.verify(new ByteArrayInputStream(zip(files)), null))
                .hasMessageContaining("change.json");
        var more = unzip(bundle);
        more.put("extra.txt", new byte[] {1});
        assertThatThrownBy(() -> BundleVerifier.verify(new ByteArrayInputStream(zip(more)), null))
                .hasMessageContaining("extra.txt");
    }

    @Test
    void theTrailCannotBeEditedAndTheVerifierFindsWhatASuperuserDid() {
        assertThatThrownBy(() -> jdbc.sql("update audit_entry set actor = 'mallory' where change_id = ?")
                        .param(change.value())
                        .update())
                .hasMessageContaining("append-only");
        assertThat(chains.firstFault()).isEmpty();
        transaction.executeWithoutResult(status -> {
            jdbc.sql("alter table audit_entry disable trigger audit_entry_is_append_only")
                    .update();
            jdbc.sql("update audit_entry set subject = 'something else' where change_id = ? and seq = 2")
                    .param(change.value())
                    .update();
            assertThat(chains.firstFault())
                    .hasValueSatisfying(fault -> assertThat(fault).contains(change.value(), "row 2"));
            jdbc.sql("delete from audit_entry where change_id = ? and seq = 3")
                    .param(change.value())
                    .update();
            status.setRollbackOnly();
        });
        assertThat(chains.firstFault()).isEmpty();
    }

    @Test
    void aDeedThatFailsLeavesNoRow() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    audit.record(change, Actor.system("test"), "tried", "x", Map.of());
                    throw new IllegalStateException("failed");
                }))
                .hasMessage("failed");
        assertThat(jdbc.sql("select count(*) from audit_entry where change_id = ? and action = 'tried'")
                        .param(change.value())
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private static String contents(byte[] bundle) throws IOException {
        var names = new StringBuilder();
        unzip(bundle)
                .forEach(
                        (name, content) -> names.append(name).append(new String(content, StandardCharsets.ISO_8859_1)));
        return names.toString();
    }

    private static byte[] with(byte[] bundle, String name, UnaryOperator<byte[]> edit) throws IOException {
        var files = unzip(bundle);
        files.put(name, edit.apply(files.get(name)));
        return zip(files);
    }

    private static Map<String, byte[]> unzip(byte[] bundle) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(bundle))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
