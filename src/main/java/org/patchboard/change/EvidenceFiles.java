package org.patchboard.change;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files people and adapters attach, kept with their SHA-256. A name is shown and never used as a path. */
@UseCase
public class EvidenceFiles {

    /** The largest file accepted. */
    public static final int LARGEST = 20 * 1024 * 1024;

    /** @param sha256 hex */
    public record EvidenceFile(
            UUID id, String kind, String name, String mediaType, String sha256, long size, String actor, Instant at) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    EvidenceFiles(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** @throws Refusal when it is empty or too large */
    public EvidenceFile attach(
            ChangeId change, String kind, String name, String mediaType, byte[] content, Actor actor) {
        if (content.length == 0 || content.length > LARGEST) {
            throw Refusal.incomplete("A file has between 1 byte and 20 MiB.");
        }
        var shown = name.replaceAll("[\\p{Cntrl}/\\\\]", "_");
        var file = new EvidenceFile(
                UUID.randomUUID(),
                kind,
                shown.length() > 200 ? shown.substring(shown.length() - 200) : shown,
                mediaType,
                Sha256.hex(content),
                content.length,
                actor.name(),
                clock.instant());
        jdbc.sql("""
                        insert into evidence_file (id, change_id, kind, name, media_type, sha256, size, content, actor, at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        file.id(),
                        change.value(),
                        kind,
                        file.name(),
                        mediaType,
                        HexFormat.of().parseHex(file.sha256()),
                        file.size(),
                        content,
                        actor.name(),
                        file.at().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                actor,
                "evidence-attached",
                file.name(),
                Map.of("sha256", file.sha256(), "size", file.size(), "kind", kind));
        return file;
    }

    /** Of a change, oldest first, without their content. */
    public List<EvidenceFile> of(ChangeId change) {
        return jdbc.sql("""
                        select id, kind, name, media_type, sha256, size, actor, at from evidence_file
                         where change_id = ? order by at""")
                .param(change.value())
                .query((row, number) -> new EvidenceFile(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getString("name"),
                        row.getString("media_type"),
                        HexFormat.of().formatHex(row.getBytes("sha256")),
                        row.getLong("size"),
                        row.getString("actor"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }

    public Optional<byte[]> content(ChangeId change, UUID id) {
        return jdbc.sql("select content from evidence_file where change_id = ? and id = ?")
                .params(change.value(), id)
                .query(byte[].class)
                .optional();
    }
}
