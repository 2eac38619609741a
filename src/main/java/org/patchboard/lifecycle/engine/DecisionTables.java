package org.patchboard.lifecycle.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
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

    /** @param inputs conditions in FEEL; empty means any */
    public record Row(List<String> inputs, List<String> outputs, String description) {}

    private final RepositoryService repository;
    private final IdentityService identity;

    DecisionTables(RepositoryService repository, IdentityService identity) {
        this.repository = repository;
        this.identity = identity;
    }

    /** Every table that decides now, by name. Everybody who is judged by a rule may read it. */
    public List<Table> inForce() {
        var reader = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            return repository
                    .createDecisionDefinitionQuery()
                    .latestVersion()
                    .orderByDecisionDefinitionName()
                    .asc()
                    .list()
                    .stream()
                    .map(this::read)
                    .toList();
        } finally {
            identity.setAuthentication(reader);
        }
    }

    private Table read(DecisionDefinition definition) {
        try (var content = repository.getDecisionModel(definition.getId())) {
            var bytes = content.readAllBytes();
            var model = Dmn.readModelFromStream(new ByteArrayInputStream(bytes));
            Decision decision = model.getModelElementById(definition.getKey());
            var table = (DecisionTable) decision.getExpression();
            return new Table(
                    definition.getKey(),
                    decision.getName(),
                    definition.getVersion(),
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
                                    rule.getInputEntries().stream()
                                            .map(entry -> text(entry.getText()))
                                            .toList(),
                                    rule.getOutputEntries().stream()
                                            .map(entry -> text(entry.getText()))
                                            .toList(),
                                    text(rule.getDescription())))
                            .toList(),
                    deployedAt(definition));
        } catch (IOException e) {
            throw new IllegalStateException("decision table " + definition.getKey() + " cannot be read", e);
        }
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
