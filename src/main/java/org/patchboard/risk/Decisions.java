package org.patchboard.risk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Decides by table, and leaves a receipt of each decision (law 6). */
@UseCase
public class Decisions {

    private static final Actor ACTOR = Actor.system("decisions");

    /**
     * What came of a decision.
     *
     * @param rules rows hit, with their descriptions
     * @param outputs one map for each row hit
     */
    public record Outcome(UUID receipt, List<DecisionEngine.Rule> rules, List<Map<String, Object>> outputs) {

        /** The outputs of the only row hit. */
        public Map<String, Object> single() {
            if (outputs.size() != 1) {
                throw new IllegalStateException("a unique decision hit " + outputs.size() + " rows");
            }
            return outputs.get(0);
        }
    }

    private final DecisionEngine engine;
    private final PolicyProposals policies;
    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final Clock clock;

    Decisions(
            DecisionEngine engine,
            PolicyProposals policies,
            JdbcClient jdbc,
            ObjectMapper json,
            AuditTrail audit,
            Clock clock) {
        this.engine = engine;
        this.policies = policies;
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What the version of a table that judges the change would say; nothing is decided, so there is no receipt.
     */
    public List<Map<String, Object>> ask(ChangeId change, String decisionKey, Map<String, ?> inputs) {
        return engine.evaluate(decisionKey, version(change, decisionKey), inputs)
                .outputs();
    }

    /** The version that the change keeps by the will of a proposal, or null for the newest. */
    private @Nullable Integer version(ChangeId change, String decisionKey) {
        return policies.pinned(change, decisionKey).orElse(null);
    }

    /** Evaluates the version of a table that judges the change and keeps the receipt. */
    public Outcome decide(ChangeId change, String decisionKey, Map<String, ?> inputs) {
        return decide(change, decisionKey, inputs, "");
    }

    /** @param occasion why it is decided anew, kept on the receipt; empty for the first time */
    public Outcome decide(ChangeId change, String decisionKey, Map<String, ?> inputs, String occasion) {
        var evaluation = engine.evaluate(decisionKey, version(change, decisionKey), inputs);
        var receipt = UUID.randomUUID();
        jdbc.sql("""
                        insert into receipt (id, change_id, decision, decision_name, decision_version, decision_digest,
                                             inputs, rules, outputs, at, occasion)
                        values (:id, :change, :decision, :name, :version, :digest,
                                cast(:inputs as jsonb), cast(:rules as jsonb), cast(:outputs as jsonb), :at, :occasion)""")
                .param("id", receipt)
                .param("change", change.value())
                .param("decision", decisionKey)
                .param("name", evaluation.name())
                .param("version", evaluation.version())
                .param("digest", evaluation.digest())
                .param("inputs", write(inputs))
                .param("rules", write(evaluation.rules()))
                .param("outputs", write(evaluation.outputs()))
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .param("occasion", occasion)
                .update();
        audit.record(
                change,
                ACTOR,
                "decision-made",
                evaluation.name(),
                Map.of(
                        "receipt", receipt.toString(),
                        "decision", decisionKey,
                        "version", evaluation.version(),
                        "digest", evaluation.digest(),
                        "rules",
                                evaluation.rules().stream()
                                        .map(DecisionEngine.Rule::id)
                                        .toList(),
                        "outputs", evaluation.outputs(),
                        "occasion", occasion));
        return new Outcome(receipt, evaluation.rules(), evaluation.outputs());
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a receipt cannot be written", e);
        }
    }
}
