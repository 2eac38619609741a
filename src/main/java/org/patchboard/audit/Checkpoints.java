package org.patchboard.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.Slice;
import org.patchboard.shared.UseCase;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long every chain was at a moment, signed, to be kept where nobody reaches who could rewrite the database. Each one
 * names the chains that have grown since the one before and is tied to it, so that all together cover the whole trail.
 */
@UseCase
public class Checkpoints {

    private static final String CHAIN = "checkpoints";
    private static final Actor ACTOR = Actor.system("checkpoint");
    private static final int FORMAT = 1;

    /**
     * One of them.
     *
     * @param entries length of the whole trail
     * @param chains how many it names
     * @param digest SHA-256 of what is signed, hex
     * @param signature Ed25519, Base64
     */
    public record Checkpoint(long number, Instant at, long entries, int chains, String digest, String signature) {}

    private final JdbcClient jdbc;
    private final SigningKey key;
    private final AuditTrail audit;
    private final ObjectMapper json;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Checkpoints(
            JdbcClient jdbc,
            SigningKey key,
            AuditTrail audit,
            ObjectMapper json,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.key = key;
        this.audit = audit;
        this.json = json;
        this.events = events;
        this.clock = clock;
    }

    /** Makes the next one; that it was made is a deed of its own, which the one after will cover. */
    public Checkpoint make() {
        jdbc.sql("lock table audit_checkpoint in exclusive mode").update(); // two nodes make two, one after the other
        var previous = jdbc.sql("select body from audit_checkpoint order by number desc limit 1")
                .query(String.class)
                .optional();
        var number = jdbc.sql("select coalesce(max(number), 0) + 1 from audit_checkpoint")
                .query(Long.class)
                .single();
        var heads = heads();
        var body = new LinkedHashMap<String, Object>();
        body.put("format", FORMAT);
        body.put("number", number);
        body.put("at", clock.instant().toString());
        body.put("entries", entries());
        body.put("previous", previous.map(Checkpoints::digest).orElse(""));
        body.put("key", Base64.getEncoder().encodeToString(key.open()));
        body.put("heads", heads);
        body.put("seals", seals());
        var text = write(body);
        jdbc.sql("""
                        insert into audit_checkpoint (number, at, entries, chains, body, signature)
                        values (:number, :at, :entries, :chains, :body, :signature)""")
                .param("number", number)
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .param("entries", body.get("entries"))
                .param("chains", heads.size())
                .param("body", text)
                .param("signature", key.sign(text.getBytes(StandardCharsets.UTF_8)))
                .update();
        jdbc.sql("""
                        insert into audit_checkpoint_head (chain, seq, hash, number)
                        select head ->> 0, (head ->> 1)::bigint, decode(head ->> 2, 'hex'), :number
                          from jsonb_array_elements(:body::jsonb -> 'heads') head
                        on conflict (chain) do update set seq = excluded.seq, hash = excluded.hash, number = excluded.number""").param("number", number).param("body", text).update();
        audit.record(
                CHAIN,
                ACTOR,
                "checkpoint-made",
                "checkpoint " + number,
                Map.of("digest", digest(text), "entries", body.get("entries")));
        var made = one(number);
        events.publishEvent(new CheckpointMade(made));
        return made;
    }

    private List<List<Object>> heads() {
        return jdbc.sql("""
                        select c.chain, c.seq, encode(c.hash, 'hex') as hash from audit_chain c
                          left join audit_checkpoint_head h on h.chain = c.chain
                         where c.seq > coalesce(h.seq, 0) order by c.chain""")
                .query((row, number) -> List.<Object>of(row.getString(1), row.getLong(2), row.getString(3)))
                .list();
    }

    private long entries() {
        return jdbc.sql("select coalesce(sum(seq), 0) from audit_chain")
                .query(Long.class)
                .single();
    }

    /** Those sealed since the checkpoint before. */
    private List<List<String>> seals() {
        return jdbc.sql("""
                        select change_id, encode(digest, 'hex') from evidence_seal
                         where sealed_at >= coalesce((select max(at) from audit_checkpoint), '-infinity') order by change_id""")
                .query((row, number) -> List.of(row.getString(1), row.getString(2)))
                .list();
    }

    /** Newest first. */
    public Slice<Checkpoint> page(int page, int size) {
        Slice.checkBounds(page, size);
        return new Slice<>(
                jdbc.sql("select * from audit_checkpoint order by number desc limit ? offset ?")
                        .params(size, (long) page * size)
                        .query((row, number) -> read(row))
                        .list(),
                page,
                size,
                jdbc.sql("select count(*) from audit_checkpoint")
                        .query(Long.class)
                        .single());
    }

    /**
     * What is kept elsewhere, as {@link CheckpointFile} reads it.
     *
     * @throws Refusal when there is none with this number
     */
    public String file(long number) {
        return jdbc.sql("select body, signature from audit_checkpoint where number = ?")
                .param(number)
                .query((row, n) -> row.getString(1) + "\n" + Base64.getEncoder().encodeToString(row.getBytes(2)) + "\n")
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no checkpoint " + number + "."));
    }

    /** The first place where the trail is not what a checkpoint says it was; empty when all of them hold. */
    public Optional<String> firstFault() {
        return jdbc.sql("""
                        select h.chain, h.seq, h.number from audit_checkpoint_head h
                          left join audit_entry e on e.chain = h.chain and e.seq = h.seq
                         where e.hash is distinct from h.hash order by h.number, h.chain limit 1""")
                .query((row, number) -> "%s, row %d: it is not what checkpoint %d was signed over"
                        .formatted(row.getString(1), row.getLong(2), row.getLong(3)))
                .optional();
    }

    private Checkpoint one(long number) {
        return jdbc.sql("select * from audit_checkpoint where number = ?")
                .param(number)
                .query((row, n) -> read(row))
                .single();
    }

    private static Checkpoint read(ResultSet row) throws SQLException {
        return new Checkpoint(
                row.getLong("number"),
                row.getTimestamp("at").toInstant(),
                row.getLong("entries"),
                row.getInt("chains"),
                digest(row.getString("body")),
                Base64.getEncoder().encodeToString(row.getBytes("signature")));
    }

    private static String digest(String body) {
        return HexFormat.of().formatHex(Sha256.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a checkpoint cannot be written", e);
        }
    }
}
