package org.patchboard.lifecycle.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.dmn.engine.DmnDecision;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.delegate.DmnDecisionTableEvaluationEvent;
import org.camunda.bpm.dmn.engine.delegate.DmnEvaluatedDecisionRule;
import org.camunda.bpm.dmn.engine.impl.DefaultDmnEngineConfiguration;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.DecisionDefinition;
import org.camunda.bpm.model.dmn.Dmn;
import org.camunda.bpm.model.dmn.instance.Decision;
import org.jspecify.annotations.Nullable;
import org.patchboard.risk.DecisionEngine;
import org.patchboard.shared.Sha256;
import org.springframework.stereotype.Component;

/**
 * Evaluates deployed tables with the engine's DMN library, by itself rather than through the decision service: only a
 * listener learns which rows were hit, and a receipt needs them.
 */
@Component
class EngineDecisions implements DecisionEngine {

    private record Table(
            DmnDecision decision, String name, int version, String digest, Map<String, String> descriptions) {}

    private final RepositoryService repository;
    private final ThreadLocal<@Nullable List<DmnEvaluatedDecisionRule>> hit = new ThreadLocal<>();
    private final DmnEngine dmn;
    private final Map<String, Table> tables = new ConcurrentHashMap<>();

    EngineDecisions(RepositoryService repository) {
        this.repository = repository;
        var configuration =
                (DefaultDmnEngineConfiguration) DefaultDmnEngineConfiguration.createDefaultDmnEngineConfiguration();
        configuration.getCustomPostDecisionTableEvaluationListeners().add(this::remember);
        this.dmn = configuration.buildEngine();
    }

    private void remember(DmnDecisionTableEvaluationEvent event) {
        hit.set(List.copyOf(event.getMatchingRules()));
    }

    @Override
    public Evaluation evaluate(String key, @Nullable Integer version, Map<String, ?> inputs) {
        var table = table(definition(key, version));
        try {
            dmn.evaluateDecisionTable(table.decision(), new LinkedHashMap<>(inputs));
            var rules = hit.get();
            var matched = rules == null ? List.<DmnEvaluatedDecisionRule>of() : rules;
            return new Evaluation(
                    key,
                    table.name(),
                    table.version(),
                    table.digest(),
                    matched.stream()
                            .map(rule ->
                                    new Rule(rule.getId(), table.descriptions().getOrDefault(rule.getId(), "")))
                            .toList(),
                    matched.stream().map(EngineDecisions::outputs).toList());
        } finally {
            hit.remove();
        }
    }

    static Map<String, Object> outputs(DmnEvaluatedDecisionRule rule) {
        var outputs = new LinkedHashMap<String, Object>();
        rule.getOutputEntries().values().forEach(output -> {
            var value = output.getValue().getValue();
            if (value != null) {
                outputs.put(output.getOutputName(), value);
            }
        });
        return outputs;
    }

    private DecisionDefinition definition(String key, @Nullable Integer version) {
        var query = repository.createDecisionDefinitionQuery().decisionDefinitionKey(key);
        var found = (version == null ? query.latestVersion() : query.decisionDefinitionVersion(version)).singleResult();
        if (found == null) {
            throw new IllegalStateException(
                    "there is no decision table " + key + (version == null ? "" : " version " + version));
        }
        return found;
    }

    private Table table(DecisionDefinition definition) {
        return tables.computeIfAbsent(definition.getId(), id -> {
            try (var content = repository.getDecisionModel(id)) {
                var bytes = content.readAllBytes();
                var model = Dmn.readModelFromStream(new ByteArrayInputStream(bytes));
                var descriptions = new LinkedHashMap<String, String>();
                for (var rule : model.getModelElementsByType(org.camunda.bpm.model.dmn.instance.Rule.class)) {
                    descriptions.put(
                            rule.getId(),
                            rule.getDescription() == null
                                    ? ""
                                    : rule.getDescription().getTextContent());
                }
                return new Table(
                        dmn.parseDecision(definition.getKey(), new ByteArrayInputStream(bytes)),
                        model.getModelElementsByType(Decision.class)
                                .iterator()
                                .next()
                                .getName(),
                        definition.getVersion(),
                        Sha256.hex(bytes),
                        Map.copyOf(descriptions));
            } catch (IOException e) {
                throw new IllegalStateException("a decision table cannot be read", e);
            }
        });
    }
}
