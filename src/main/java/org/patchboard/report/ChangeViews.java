package org.patchboard.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Slice;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The parts of one change as programs read them, page by page. */
@Repository
public class ChangeViews {

    /** @param replaced the person has voted again since, or the plan has changed */
    public record VoteView(
            long id,
            int revision,
            int round,
            String person,
            String role,
            String decision,
            String comment,
            String digest,
            Instant at,
            boolean replaced) {}

    /** @param successShare percentage of its hosts that must succeed */
    public record RingView(
            int revision,
            int number,
            String name,
            String kind,
            String state,
            String deployer,
            int successShare,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            long hosts,
            long installed,
            long failed) {}

    public record HostView(
            int revision,
            int ring,
            long asset,
            String name,
            String state,
            int attempt,
            boolean rebootPending,
            String detail,
            @Nullable Instant orderedAt,
            @Nullable Instant finishedAt) {}

    /** The receipt of one decision: evaluated again with these inputs it gives these outputs. */
    public record ReceiptView(
            String id,
            String decision,
            String name,
            int version,
            String digest,
            Map<String, Object> inputs,
            List<Map<String, Object>> rules,
            Object outputs,
            Instant at,
            String occasion) {}

    public record DeedView(
            long seq, Instant at, String actor, String actorKind, String action, String subject, String hash) {}

    private static final String NEWEST_PLAN_FIRST = " order by revision desc, ";

    private final JdbcClient jdbc;
    private final ObjectMapper json;

    ChangeViews(JdbcClient jdbc, ObjectMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** In the order in which they were cast. */
    public Slice<VoteView> votes(ChangeId change, int page, int size) {
        return new SlicedQuery("""
                        id, revision, round, login, array_to_string(teams, ', ') as role, decision, comment, digest, at,
                        replaced_at is not null as replaced""", "from vote where change_id = :change", " order by id")
                .read(
                        jdbc,
                        of(change),
                        page,
                        size,
                        (row, number) -> new VoteView(
                                row.getLong("id"),
                                row.getInt("revision"),
                                row.getInt("round"),
                                row.getString("login"),
                                row.getString("role"),
                                row.getString("decision"),
                                row.getString("comment"),
                                row.getString("digest"),
                                row.getTimestamp("at").toInstant(),
                                row.getBoolean("replaced")));
    }

    /** Those of the newest plan first, in the order in which they are carried out. */
    public Slice<RingView> rings(ChangeId change, int page, int size) {
        return new SlicedQuery("""
                        r.*,
                        (select count(*) from ring_host h where (h.change_id, h.revision, h.ring)
                              = (r.change_id, r.revision, r.number)) as hosts,
                        (select count(*) from ring_host h where (h.change_id, h.revision, h.ring)
                              = (r.change_id, r.revision, r.number) and h.state = 'installed') as installed,
                        (select count(*) from ring_host h where (h.change_id, h.revision, h.ring)
                              = (r.change_id, r.revision, r.number)
                              and h.state in ('failed', 'unreachable', 'back-out-failed')) as failed""", "from ring r where r.change_id = :change", NEWEST_PLAN_FIRST + "number")
                .read(
                        jdbc,
                        of(change),
                        page,
                        size,
                        (row, number) -> new RingView(
                                row.getInt("revision"),
                                row.getInt("number"),
                                row.getString("name"),
                                row.getString("kind"),
                                row.getString("state"),
                                row.getString("deployer"),
                                row.getInt("success_share"),
                                SlicedQuery.instant(row, "started_at"),
                                SlicedQuery.instant(row, "finished_at"),
                                row.getLong("hosts"),
                                row.getLong("installed"),
                                row.getLong("failed")));
    }

    /** Those of the newest plan first, by ring and name. */
    public Slice<HostView> hosts(ChangeId change, int page, int size) {
        return new SlicedQuery(
                        "h.*, a.name",
                        "from ring_host h join asset a on a.id = h.asset where h.change_id = :change",
                        NEWEST_PLAN_FIRST + "ring, name")
                .read(
                        jdbc,
                        of(change),
                        page,
                        size,
                        (row, number) -> new HostView(
                                row.getInt("revision"),
                                row.getInt("ring"),
                                row.getLong("asset"),
                                row.getString("name"),
                                row.getString("state"),
                                row.getInt("attempt"),
                                row.getBoolean("reboot_pending"),
                                row.getString("detail") == null ? "" : row.getString("detail"),
                                SlicedQuery.instant(row, "ordered_at"),
                                SlicedQuery.instant(row, "finished_at")));
    }

    /** In the order in which they were decided. */
    public Slice<ReceiptView> receipts(ChangeId change, int page, int size) {
        return new SlicedQuery("""
                        id::text, decision, decision_name, decision_version, decision_digest, inputs::text as inputs,
                        rules::text as rules, outputs::text as outputs, at, occasion""", "from receipt where change_id = :change", " order by number")
                .read(
                        jdbc,
                        of(change),
                        page,
                        size,
                        (row, number) -> new ReceiptView(
                                row.getString("id"),
                                row.getString("decision"),
                                row.getString("decision_name"),
                                row.getInt("decision_version"),
                                row.getString("decision_digest"),
                                read(row.getString("inputs"), new TypeReference<>() {}),
                                read(row.getString("rules"), new TypeReference<>() {}),
                                read(row.getString("outputs"), new TypeReference<>() {}),
                                row.getTimestamp("at").toInstant(),
                                row.getString("occasion")));
    }

    /** The record of the change, from its first deed on. */
    public Slice<DeedView> timeline(ChangeId change, int page, int size) {
        return new SlicedQuery(
                        "seq, at, actor, actor_kind, action, subject, encode(hash, 'hex') as hash",
                        "from audit_entry where change_id = :change",
                        " order by seq")
                .read(
                        jdbc,
                        of(change),
                        page,
                        size,
                        (row, number) -> new DeedView(
                                row.getLong("seq"),
                                row.getTimestamp("at").toInstant(),
                                row.getString("actor"),
                                row.getString("actor_kind"),
                                row.getString("action"),
                                row.getString("subject"),
                                row.getString("hash")));
    }

    private static Map<String, Object> of(ChangeId change) {
        return Map.of("change", change.value());
    }

    private <T> T read(String stored, TypeReference<T> type) {
        try {
            return json.readValue(stored, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored receipt cannot be read", e);
        }
    }
}
