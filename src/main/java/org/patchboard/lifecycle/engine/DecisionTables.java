package org.patchboard.lifecycle.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DecisionDefinition;
import org.camunda.bpm.model.dmn.Dmn;
import org.camunda.bpm.model.dmn.instance.Decision;
import org.camunda.bpm.model.dmn.instance.DecisionTable;
import org.camunda.bpm.model.dmn.instance.Description;
import org.camunda.bpm.model.dmn.instance.DmnElement;
import org.camunda.bpm.model.dmn.instance.Text;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.springframework.stereotype.Component;

/** The decision tables in force, to be read by people: what is asked, which rows there are, what each says. */
@Component
public class DecisionTables {

    /**
     * A table in its newest version.
     *
     * @param digest SHA-256 of the table's XML, hex; receipts name it
     * @param hitPolicy as DMN writes it
     */
    public record Table(
            String key,
            String name,
            int version,
            String digest,
            String purpose,
            String hitPolicy,
            List<String> inputs,
            List<String> outputs,
            List<Row> rows,
            Instant since) {}

    /**
     * @param id as receipts name it
     * @param inputs conditions in FEEL; empty means any
     */
    public record Row(String id, List<String> inputs, List<String> outputs, String description) {
        public Row {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }

        private boolean says(Row other) {
            return inputs.equals(other.inputs)
                    && outputs.equals(other.outputs)
                    && description.equals(other.description);
        }
    }

    /** The version of a table that is in force, as it was deployed. */
    public record Current(String key, String name, int version, String digest, byte[] content) {}

    /** A version that was ever in force. */
    public record Version(int version, String digest, Instant since) {}

    /**
     * What a new version does to a row.
     *
     * @param kind {@code added}, {@code removed}, {@code changed} or {@code same}
     * @param before null for a row that is added
     * @param after null for a row that is removed
     */
    public record RowChange(
            String kind, @Nullable Row before, @Nullable Row after) {}

    /**
     * What a new version does to a table, row by row.
     *
     * @param heads what is different about columns, purpose or hit policy, as sentences
     */
    public record Diff(Table before, Table after, List<String> heads, List<RowChange> rows) {
        public Diff {
            heads = List.copyOf(heads);
            rows = List.copyOf(rows);
        }

        public long count(String kind) {
            return rows.stream().filter(row -> row.kind().equals(kind)).count();
        }
    }

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,99}");

    private final RepositoryService repository;
    private final IdentityService identity;

    DecisionTables(RepositoryService repository, IdentityService identity) {
        this.repository = repository;
        this.identity = identity;
    }

    /** Every table that decides now, by name. Everybody who is judged by a rule may read it. */
    public List<Table> inForce() {
        return asTheHouse(() ->
                repository
                        .createDecisionDefinitionQuery()
                        .latestVersion()
                        .orderByDecisionDefinitionName()
                        .asc()
                        .list()
                        .stream()
                        .map(definition -> table(definition.getVersion(), deployedAt(definition), content(definition)))
                        .toList());
    }

    /** @throws Refusal when there is no such table */
    public Current current(String key) {
        if (!KEY.matcher(key).matches()) {
            throw Refusal.unknown("There is no such decision table.");
        }
        return asTheHouse(() -> {
            var definition = repository
                    .createDecisionDefinitionQuery()
                    .decisionDefinitionKey(key)
                    .latestVersion()
                    .singleResult();
            if (definition == null) {
                throw Refusal.unknown("There is no decision table %s.".formatted(key));
            }
            var content = content(definition);
            return new Current(key, definition.getName(), definition.getVersion(), Sha256.hex(content), content);
        });
    }

    /** A version of a table. @throws Refusal when there is none */
    public Table read(String key, int version) {
        return asTheHouse(() -> {
            var definition = repository
                    .createDecisionDefinitionQuery()
                    .decisionDefinitionKey(key)
                    .decisionDefinitionVersion(version)
                    .singleResult();
            if (definition == null) {
                throw Refusal.unknown("There is no version %d of %s.".formatted(version, key));
            }
            return table(version, deployedAt(definition), content(definition));
        });
    }

    /** Every version of a table, newest first. */
    public List<Version> versions(String key) {
        return asTheHouse(() -> repository
                .createDecisionDefinitionQuery()
                .decisionDefinitionKey(key)
                .orderByDecisionDefinitionVersion()
                .desc()
                .list()
                .stream()
                .map(definition ->
                        new Version(definition.getVersion(), Sha256.hex(content(definition)), deployedAt(definition)))
                .toList());
    }

    /** A table that is not in force yet. */
    public Table read(byte[] content, int version, Instant since) {
        return table(version, since, content);
    }

    /** What becomes of each row: in the order of the new table, removed rows where they stood. */
    public static Diff diff(Table before, Table after) {
        var heads = new ArrayList<String>();
        differs(heads, "Purpose", before.purpose(), after.purpose());
        differs(heads, "Hit policy", before.hitPolicy(), after.hitPolicy());
        differs(heads, "Asks about", String.join(", ", before.inputs()), String.join(", ", after.inputs()));
        differs(heads, "Says", String.join(", ", before.outputs()), String.join(", ", after.outputs()));
        var left = new ArrayList<>(before.rows());
        var rows = new ArrayList<RowChange>();
        for (var row : after.rows()) {
            var was = left.stream()
                    .filter(other -> other.id().equals(row.id()))
                    .findFirst()
                    // A tool may have given every row a new id.
                    .or(() -> left.stream().filter(other -> other.says(row)).findFirst());
            was.ifPresent(left::remove);
            rows.add(was.map(other -> new RowChange(other.says(row) ? "same" : "changed", other, row))
                    .orElseGet(() -> new RowChange("added", null, row)));
        }
        for (var gone : left) {
            rows.add(Math.min(before.rows().indexOf(gone), rows.size()), new RowChange("removed", gone, null));
        }
        return new Diff(before, after, heads, rows);
    }

    private static void differs(List<String> heads, String what, String before, String after) {
        if (!before.equals(after)) {
            heads.add("%s: \"%s\" becomes \"%s\"".formatted(what, before, after));
        }
    }

    private <T> T asTheHouse(Supplier<T> look) {
        var reader = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            return look.get();
        } finally {
            identity.setAuthentication(reader);
        }
    }

    private byte[] content(DecisionDefinition definition) {
        try (var content = repository.getDecisionModel(definition.getId())) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("decision table " + definition.getKey() + " cannot be read", e);
        }
    }

    private static Table table(int version, Instant since, byte[] bytes) {
        var model = Dmn.readModelFromStream(new ByteArrayInputStream(bytes));
        var decision = model.getModelElementsByType(Decision.class).iterator().next();
        var table = (DecisionTable) decision.getExpression();
        return new Table(
                decision.getId(),
                decision.getName(),
                version,
                Sha256.hex(bytes),
                text(decision.getDescription()),
                table.getHitPolicy().name(),
                table.getInputs().stream()
                        .map(input ->
                                named(input, text(input.getInputExpression().getText())))
                        .toList(),
                table.getOutputs().stream()
                        .map(output -> named(output, String.valueOf(output.getName())))
                        .toList(),
                table.getRules().stream()
                        .map(rule -> new Row(
                                rule.getId(),
                                rule.getInputEntries().stream()
                                        .map(entry -> text(entry.getText()))
                                        .toList(),
                                rule.getOutputEntries().stream()
                                        .map(entry -> text(entry.getText()))
                                        .toList(),
                                text(rule.getDescription())))
                        .toList(),
                since);
    }

    private Instant deployedAt(DecisionDefinition definition) {
        return repository
                .createDeploymentQuery()
                .deploymentId(definition.getDeploymentId())
                .singleResult()
                .getDeploymentTime()
                .toInstant();
    }

    private static String named(DmnElement element, String otherwise) {
        return element.getLabel() == null ? otherwise : element.getLabel();
    }

    private static String text(@Nullable Description description) {
        return description == null ? "" : description.getTextContent();
    }

    private static String text(@Nullable Text text) {
        return text == null ? "" : text.getTextContent();
    }
}
