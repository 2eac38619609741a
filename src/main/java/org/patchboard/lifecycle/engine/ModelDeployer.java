package org.patchboard.lifecycle.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Deploys models and forms under their class-path names, with the commit they were built from. The starter's own
 * deployment names them differently in the jar and beside it, so that every change of place made a new version.
 */
@Component
class ModelDeployer implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(ModelDeployer.class);

    private final RepositoryService repository;

    ModelDeployer(RepositoryService repository) {
        this.repository = repository;
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
            for (var resource : resources) {
                try (InputStream content = resource.getInputStream()) {
                    deployment.addInputStream(nameOf(resource), content);
                }
            }
            var deployed = deployment.deployWithResult();
            LOG.info("models of deployment {} in force, built from {}", deployed.getId(), deployed.getSource());
            var strangers = strangers();
            if (!strangers.isEmpty()) {
                throw new IllegalStateException(
                        "processes in the database that this build has not brought: " + String.join(", ", strangers));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the models cannot be read", e);
        }
    }

    /**
     * Processes in force that are not, byte for byte, of this build. Nobody can deploy from outside; whoever writes into
     * the engine's tables past it is found when the house starts next, and it does not start.
     */
    List<String> strangers() throws IOException {
        var built = new HashMap<String, byte[]>();
        for (var resource : resources()) {
            built.put(nameOf(resource), resource.getContentAsByteArray());
        }
        var strangers = new ArrayList<String>();
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
