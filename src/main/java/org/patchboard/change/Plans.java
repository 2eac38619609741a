package org.patchboard.change;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.erdtman.jcs.JsonCanonicalizer;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Revisions of plans and their digests. */
@UseCase
public class Plans {

    /** Beyond it a number of JSON is no longer exact (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2). */
    private static final long LARGEST_EXACT = 1L << 53;

    /** Of its own: a setting of the house's mapper must never change a digest. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(exactNumbers()).build();

    private static final String REVISIONS = """
            select revision, digest, canonical, author, at from plan_revision
             where change_id = ? order by revision desc""";

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Plans(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Stores a new revision. The same content again is the same revision: its digest has not drifted.
     *
     * @throws Refusal when the plan has no hosts or text that no canonical form can hold
     */
    public PlanRevision store(ChangeId change, Plan plan, Actor author) {
        if (plan.hosts().isEmpty()) {
            throw Refusal.incomplete("A plan has at least one host.");
        }
        var canonical = canonical(plan);
        var digest = Sha256.hex(canonical);
        if (jdbc.sql("select id from change_record where id = ? for update")
                .param(change.value())
                .query(String.class)
                .optional()
                .isEmpty()) {
            throw Refusal.unknown("There is no change " + change + ".");
        }
        var current = current(change);
        if (current.isPresent() && current.get().digest().equals(digest)) {
            return current.get();
        }
        var revision = current.map(PlanRevision::revision).orElse(0) + 1;
        var at = clock.instant();
        jdbc.sql("""
                        insert into plan_revision (change_id, revision, digest, canonical, author, at)
                        values (?, ?, ?, ?, ?, ?)""")
                .params(change.value(), revision, digest, canonical, author.name(), at.atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                author,
                "plan-stored",
                "revision " + revision,
                Map.of(
                        "revision",
                        revision,
                        "digest",
                        digest,
                        "hosts",
                        plan.hosts().size(),
                        "rings",
                        plan.rings().size()));
        return new PlanRevision(change, revision, digest, plan, author.name(), at);
    }

    /** The newest revision. */
    public Optional<PlanRevision> current(ChangeId change) {
        return jdbc.sql(REVISIONS + " limit 1")
                .param(change.value())
                .query((row, number) -> revision(change, row))
                .optional();
    }

    /** Every revision, newest first. */
    public List<PlanRevision> all(ChangeId change) {
        return jdbc.sql(REVISIONS)
                .param(change.value())
                .query((row, number) -> revision(change, row))
                .list();
    }

    private static PlanRevision revision(ChangeId change, ResultSet row) throws SQLException {
        return new PlanRevision(
                change,
                row.getInt("revision"),
                row.getString("digest"),
                read(row.getString("canonical")),
                row.getString("author"),
                row.getTimestamp("at").toInstant());
    }

    private static Plan read(String canonical) {
        try {
            return JSON.readValue(canonical, Plan.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored plan cannot be read", e);
        }
    }

    /** RFC 8785; a lone surrogate has no UTF-8 form and would be hashed as a question mark, so it is refused. */
    static String canonical(Plan plan) {
        try {
            var text = JSON.writeValueAsString(plan);
            if (hasLoneSurrogate(text)) {
                throw Refusal.incomplete("The plan contains a character that no text can hold; retype that field.");
            }
            return new JsonCanonicalizer(text).getEncodedString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan cannot be written", e);
        } catch (IOException e) {
            throw new IllegalStateException("a plan has no canonical form", e);
        }
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    private static SimpleModule exactNumbers() {
        var exact = new StdSerializer<Long>(Long.class) {
            @Override
            public void serialize(Long value, JsonGenerator json, SerializerProvider provider) throws IOException {
                if (value > LARGEST_EXACT || value < -LARGEST_EXACT) {
                    json.writeString(value.toString());
                } else {
                    json.writeNumber(value);
                }
            }
        };
        return new SimpleModule().addSerializer(Long.class, exact).addSerializer(long.class, exact);
    }
}
