package org.patchboard.lifecycle.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deploys models and forms under their class-path names, with the commit they were built from. The starter's own
 * deployment names them differently in the jar and beside it, so that every change of place made a new version. A table
 * that was approved since stays in force until a build brings one that none has brought before (ADR-0013).
 */
@Component
class ModelDeployer implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(ModelDeployer.class);

    private final RepositoryService repository;
    private final PolicyProposals policies;
    private final TransactionTemplate transaction;

    ModelDeployer(RepositoryService repository, PolicyProposals policies, TransactionTemplate transaction) {
        this.repository = repository;
        this.policies = policies;
        this.transaction = transaction;
    }

    @Override
    public void afterSingletonsInstantiated() {
        try {
            var deployment = repository
                    .createDeployment()
                    .name("patchboard")
                    .source(commit())
                    .enableDuplicateFiltering(false);
            var resources = resources();
            if (resources.length == 0) {
                throw new IllegalStateException("no models on the class path");
            }
            var tables = new TreeMap<String, byte[]>();
            for (var resource : resources) {
                if (isTable(nameOf(resource))) {
                    tables.put(keyOf(nameOf(resource)), resource.getContentAsByteArray());
                } else {
                    try (InputStream content = resource.getInputStream()) {
                        deployment.addInputStream(nameOf(resource), content);
                    }
                }
            }
            var deployed = deployment.deployWithResult();
            tables.forEach((key, built) ->
                    transaction.executeWithoutResult(status -> deploy(key, policies.inForce(key, built))));
            LOG.info("models of deployment {} in force, built from {}", deployed.getId(), deployed.getSource());
            var strangers = strangers();
            if (!strangers.isEmpty()) {
                throw new IllegalStateException(
                        "models in the database that neither this build nor a policy's approval has brought: "
                                + String.join(", ", strangers));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the models cannot be read", e);
        }
    }

    /**
     * Puts a table in force. Each table has its own deployments, so that it gets a new version exactly when it says
     * something else, and none when processes change or the house starts again.
     *
     * @return its version
     */
    int deploy(String key, byte[] table) {
        var deployed = repository
                .createDeployment()
                .name("table:" + key)
                .enableDuplicateFiltering(false)
                .addInputStream("processes/" + key + ".dmn", new ByteArrayInputStream(table))
                .deployWithResult()
                .getDeployedDecisionDefinitions();
        // What this transaction has deployed is not to be found by a query yet.
        if (deployed != null && !deployed.isEmpty()) {
            return deployed.get(0).getVersion();
        }
        return repository
                .createDecisionDefinitionQuery()
                .decisionDefinitionKey(key)
                .latestVersion()
                .singleResult()
                .getVersion();
    }

    /**
     * Models in force that are not, byte for byte, of this build, nor a table that was approved. Nobody can deploy from outside; whoever writes into
     * the engine's tables past it is found when the house starts next, and it does not start.
     */
    List<String> strangers() throws IOException {
        var built = new HashMap<String, byte[]>();
        for (var resource : resources()) {
            built.put(nameOf(resource), resource.getContentAsByteArray());
        }
        var strangers = new ArrayList<String>();
        for (var table :
                repository.createDecisionDefinitionQuery().latestVersion().list()) {
            var wanted = policies.governed(table.getKey())
                    .map(PolicyProposal::number)
                    .map(policies::dmn)
                    .orElse(built.get(table.getResourceName()));
            try (var content = repository.getResourceAsStream(table.getDeploymentId(), table.getResourceName())) {
                if (!Arrays.equals(content.readAllBytes(), wanted)) {
                    strangers.add(table.getKey() + " version " + table.getVersion());
                }
            }
        }
        for (var definition :
                repository.createProcessDefinitionQuery().latestVersion().list()) {
            try (var content =
                    repository.getResourceAsStream(definition.getDeploymentId(), definition.getResourceName())) {
                if (!Arrays.equals(content.readAllBytes(), built.get(definition.getResourceName()))) {
                    strangers.add(definition.getKey() + " version " + definition.getVersion());
                }
            }
        }
        return strangers;
    }

    private static Resource[] resources() throws IOException {
        var found = new PathMatchingResourcePatternResolver();
        return Stream.of("classpath*:processes/*.bpmn", "classpath*:processes/*.dmn", "classpath*:forms/*.form")
                .flatMap(pattern -> {
                    try {
                        return Arrays.stream(found.getResources(pattern));
                    } catch (IOException e) {
                        throw new IllegalStateException(pattern, e);
                    }
                })
                .sorted(Comparator.comparing(ModelDeployer::nameOf))
                .toArray(Resource[]::new);
    }

    private static boolean isTable(String name) {
        return name.endsWith(".dmn");
    }

    private static String keyOf(String name) {
        return name.substring("processes/".length(), name.length() - ".dmn".length());
    }

    private static String nameOf(Resource resource) {
        var name = String.valueOf(resource.getFilename());
        return (name.endsWith(".form") ? "forms/" : "processes/") + name;
    }

    private static String commit() throws IOException {
        var file = new ClassPathResource("git.properties");
        if (!file.exists()) {
            return "unknown commit";
        }
        var git = new Properties();
        try (var content = file.getInputStream()) {
            git.load(content);
        }
        return git.getProperty("git.commit.id.abbrev", "unknown commit");
    }
}
