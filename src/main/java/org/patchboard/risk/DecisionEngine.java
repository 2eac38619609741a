package org.patchboard.risk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates decision tables (OMG DMN 1.3). The room that owns the engine implements it. */
public interface DecisionEngine {

    /** A row of a table, with the sentence its author wrote beside it. */
    record Rule(String id, String description) {}

    /**
     * A decision made.
     *
     * @param digest SHA-256 of the table's XML, hex
     * @param rules the rows hit, in the table's order
     * @param outputs one map for each row hit
     */
    record Evaluation(
            String key, String name, int version, String digest, List<Rule> rules, List<Map<String, Object>> outputs) {}

    /**
     * @param version null for the newest
     * @throws IllegalStateException when there is no such table
     */
    Evaluation evaluate(String key, @Nullable Integer version, Map<String, ?> inputs);
}
