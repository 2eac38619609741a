package org.patchboard.risk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Receipts of decisions, readable and repeatable. */
@UseCase
public class Receipts {

    /**
     * @param digest SHA-256 of the table's XML at the time, hex
     * @param occasion why it was decided anew; empty for the first time
     */
    public record Receipt(
            UUID id,
            String decision,
            String name,
            int version,
            String digest,
            Map<String, Object> inputs,
            List<DecisionEngine.Rule> rules,
            List<Map<String, Object>> outputs,
            Instant at,
            String occasion) {}

    /** A receipt and whose it is. */
    public record Left(ChangeId change, Receipt receipt) {}

    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final DecisionEngine engine;

    Receipts(JdbcClient jdbc, ObjectMapper json, DecisionEngine engine) {
        this.jdbc = jdbc;
        this.json = json;
        this.engine = engine;
    }

    /** Oldest first. */
    public List<Receipt> of(ChangeId change) {
        return jdbc.sql("select * from receipt where change_id = ? order by number")
                .param(change.value())
                .query((row, number) -> receipt(row))
                .list();
    }

    /** The newest of each change that has any of this decision, by change. */
    public List<Left> newestOf(String decision) {
        return jdbc.sql("""
                        select distinct on (change_id) * from receipt where decision = ?
                         order by change_id, number desc""")
                .param(decision)
                .query((row, number) -> new Left(new ChangeId(row.getString("change_id")), receipt(row)))
                .list();
    }

    /** The newest that a change has of a decision. */
    public Optional<Receipt> newest(ChangeId change, String decision) {
        return jdbc.sql("select * from receipt where change_id = ? and decision = ? order by number desc limit 1")
                .params(change.value(), decision)
                .query((row, number) -> receipt(row))
                .optional();
    }

    private Receipt receipt(ResultSet row) throws SQLException {
        return new Receipt(
                row.getObject("id", UUID.class),
                row.getString("decision"),
                row.getString("decision_name"),
                row.getInt("decision_version"),
                row.getString("decision_digest"),
                read(row.getString("inputs"), new TypeReference<>() {}),
                read(row.getString("rules"), new TypeReference<>() {}),
                read(row.getString("outputs"), new TypeReference<>() {}),
                row.getTimestamp("at").toInstant(),
                row.getString("occasion"));
    }

    /** Evaluates the version of the table that the receipt names with its inputs: the same rows, the same outputs? */
    public boolean holds(ChangeId change, UUID id) {
        var receipt = of(change).stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Refusal.unknown("There is no such receipt."));
        var again = engine.evaluate(receipt.decision(), receipt.version(), receipt.inputs());
        return again.digest().equals(receipt.digest())
                && again.rules().equals(receipt.rules())
                && read(write(again.outputs()), new TypeReference<List<Map<String, Object>>>() {})
                        .equals(receipt.outputs());
    }

    private <T> T read(String text, TypeReference<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a receipt cannot be read", e);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a receipt cannot be written", e);
        }
    }
}
