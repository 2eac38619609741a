package org.patchboard.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Sha256;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Rows in PostgreSQL, one hash chain per change or other subject. */
@Repository
class DatabaseAuditTrail implements AuditTrail {

    /** The first row of a chain has nothing before it. */
    static final byte[] ORIGIN = new byte[32];

    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final Clock clock;

    DatabaseAuditTrail(JdbcClient jdbc, ObjectMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public void record(ChangeId change, Actor actor, String action, String subject, Map<String, ?> content) {
        append(change.value(), change.value(), actor, action, subject, content);
    }

    @Override
    public void record(String chain, Actor actor, String action, String subject, Map<String, ?> content) {
        append(chain, null, actor, action, subject, content);
    }

    @Override
    public @Nullable String head(ChangeId change) {
        return jdbc.sql("select hash from audit_chain where chain = ?")
                .param(change.value())
                .query(byte[].class)
                .optional()
                .map(HexFormat.of()::formatHex)
                .orElse(null);
    }

    private void append(
            String chain, @Nullable String change, Actor actor, String action, String subject, Map<String, ?> content) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a deed and its record commit together, so there must be a transaction");
        }
        var head = locked(chain).orElseGet(() -> begun(chain));
        var at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var canonical = canonical(content);
        var digest = Sha256.of(canonical.getBytes(StandardCharsets.UTF_8));
        var seq = head.seq() + 1;
        var hash = hash(head.hash(), chain, seq, at, actor, action, subject, digest);
        jdbc.sql("""
                        with entry as (
                          insert into audit_entry (chain, seq, change_id, at, actor, actor_kind, action, subject,
                                                   content, content_digest, previous_hash, hash)
                          values (:chain, :seq, :change, :at, :actor, :kind, :action, :subject,
                                  :content, :digest, :previous, :hash))
                        update audit_chain set seq = :seq, hash = :hash where chain = :chain""")
                .param("chain", chain)
                .param("seq", seq)
                .param("change", change)
                .param("at", at.atOffset(ZoneOffset.UTC))
                .param("actor", actor.name())
                .param("kind", actor.isPerson() ? "person" : "system")
                .param("action", action)
                .param("subject", subject)
                .param("content", canonical)
                .param("digest", digest)
                .param("previous", head.hash())
                .param("hash", hash)
                .update();
        DeedLog.afterCommit(
                actor, action, subject, chain, change, HexFormat.of().formatHex(digest));
    }

    private record Head(long seq, byte[] hash) {}

    /** The chain's end, held until the deed commits: the next row of this chain waits for it. */
    private Optional<Head> locked(String chain) {
        return jdbc.sql("select seq, hash from audit_chain where chain = ? for update")
                .param(chain)
                .query((row, number) -> new Head(row.getLong(1), row.getBytes(2)))
                .optional();
    }

    private Head begun(String chain) {
        jdbc.sql("insert into audit_chain (chain, seq, hash) values (?, 0, ?) on conflict do nothing")
                .param(chain)
                .param(ORIGIN)
                .update();
        return locked(chain).orElseThrow();
    }

    private String canonical(Map<String, ?> content) {
        try {
            return new JsonCanonicalizer(json.writeValueAsString(content)).getEncodedString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an audit row's content cannot be written", e);
        } catch (IOException e) {
            throw new IllegalStateException("an audit row's content has no canonical form", e);
        }
    }

    /** Every field length-prefixed: no two rows can run together into the same bytes. */
    static byte[] hash(
            byte[] previous,
            String chain,
            long seq,
            Instant at,
            Actor actor,
            String action,
            String subject,
            byte[] digest) {
        var sha = Sha256.digest();
        sha.update(previous);
        for (var field : new String[] {
            chain, Long.toString(seq), at.toString(), actor.kind().name(), actor.name(), action, subject
        }) {
            var bytes = field.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            sha.update(bytes);
        }
        sha.update(digest);
        return sha.digest();
    }
}
