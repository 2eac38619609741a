package org.patchboard.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Seals a change: everything that was recorded of it in one file, which a stranger checks without a database. The
 * manifest names every file with its digest and the head of the audit chain, and is signed.
 */
@UseCase
public class Seals {

    static final String MANIFEST = "manifest.json";
    static final String SIGNATURE = "manifest.sig";
    static final String TRAIL = "audit.jsonl";
    static final int FORMAT = 1;

    private static final Actor ACTOR = Actor.system("sealing");

    private final List<EvidenceSource> sources;
    private final AuditTrail audit;
    private final SigningKey key;
    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final Clock clock;

    Seals(
            List<EvidenceSource> sources,
            AuditTrail audit,
            SigningKey key,
            JdbcClient jdbc,
            ObjectMapper json,
            Clock clock) {
        this.sources = sources;
        this.audit = audit;
        this.key = key;
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /** Builds and keeps the bundle; a change that was sealed before is sealed anew, and the trail says so. */
    public byte[] seal(ChangeId change) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        sources.forEach(source -> source.of(change).forEach(item -> files.put(item.path(), item.content())));
        files.put(TRAIL, trail(change));
        var manifest = manifest(change, files);
        var signature = key.sign(manifest);
        var bundle = zip(manifest, signature, files);
        var digest = Sha256.of(manifest);
        jdbc.sql("""
                        insert into evidence_seal (change_id, digest, signature, bundle, sealed_at)
                        values (:change, :digest, :signature, :bundle, :at)
                        on conflict (change_id) do update set digest = excluded.digest, signature = excluded.signature,
                          bundle = excluded.bundle, sealed_at = excluded.sealed_at""")
                .param("change", change.value())
                .param("digest", digest)
                .param("signature", signature)
                .param("bundle", bundle)
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                ACTOR,
                "evidence-sealed",
                change.value(),
                Map.of("manifest", HexFormat.of().formatHex(digest), "files", files.size()));
        return bundle;
    }

    /** The sealed bundle of a change. */
    public Optional<byte[]> bundle(ChangeId change) {
        return jdbc.sql("select bundle from evidence_seal where change_id = ?")
                .param(change.value())
                .query(byte[].class)
                .optional();
    }

    /** When the change was sealed last; empty before that. */
    public Optional<Instant> sealedAt(ChangeId change) {
        return jdbc.sql("select sealed_at from evidence_seal where change_id = ?")
                .param(change.value())
                .query((row, number) -> row.getTimestamp("sealed_at").toInstant())
                .optional();
    }

    private byte[] trail(ChangeId change) {
        var lines = new StringBuilder();
        jdbc.sql("select * from audit_entry where chain = ? order by seq")
                .param(change.value())
                .query(row -> {
                    var line = new LinkedHashMap<String, Object>();
                    line.put("seq", row.getLong("seq"));
                    line.put("at", row.getTimestamp("at").toInstant().toString());
                    line.put("actor", row.getString("actor"));
                    line.put("actorKind", row.getString("actor_kind"));
                    line.put("action", row.getString("action"));
                    line.put("subject", row.getString("subject"));
                    line.put("content", row.getString("content"));
                    line.put("hash", HexFormat.of().formatHex(row.getBytes("hash")));
                    lines.append(write(line)).append('\n');
                });
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] manifest(ChangeId change, Map<String, byte[]> files) {
        var manifest = new LinkedHashMap<String, Object>();
        manifest.put("format", FORMAT);
        manifest.put("change", change.value());
        manifest.put("sealedAt", clock.instant().toString());
        manifest.put("chainHead", String.valueOf(audit.head(change)));
        manifest.put("key", Base64.getEncoder().encodeToString(key.open()));
        var listed = new LinkedHashMap<String, String>();
        files.forEach((path, content) -> listed.put(path, Sha256.hex(content)));
        manifest.put("files", listed);
        return write(manifest).getBytes(StandardCharsets.UTF_8);
    }

    /** Entries carry no time of their own: the same content is the same file. */
    private static byte[] zip(byte[] manifest, byte[] signature, Map<String, byte[]> files) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            entry(zip, MANIFEST, manifest);
            entry(zip, SIGNATURE, signature);
            for (var file : files.entrySet()) {
                entry(zip, file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a bundle in memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("evidence cannot be written", e);
        }
    }
}
