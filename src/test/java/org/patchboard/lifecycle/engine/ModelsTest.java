package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.el.StartProcessVariableScope;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** What a model can reach, and that only ours are in force. */
@PatchboardTest
class ModelsTest {

    private static final Pattern BEAN = Pattern.compile("[$#]\\{!?\\s*([a-z]\\w*)\\s*[.}]|&&\\s*([a-z]\\w*)\\.");

    @Autowired
    ProcessEngineConfigurationImpl engine;

    @Autowired
    ApplicationContext context;

    @Autowired
    RepositoryService repository;

    @Autowired
    ModelDeployer deployer;

    private Object evaluate(String expression) {
        return engine.getCommandExecutorTxRequired()
                .execute(inside -> engine.getExpressionManager()
                        .createExpression(expression)
                        .getValue(StartProcessVariableScope.getSharedInstance()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${systemProperties}",
                "${systemEnvironment}",
                "${environment}",
                "${dataSource}",
                "${jdbcClient}",
                "${jdbcTemplate.execute('select 1')}",
                "${applicationContext}",
                "${repositoryService}",
                "${runtimeService}",
                "${directory}",
                "${ballots}",
                "${rings}",
                "${changes}",
                "${auditTrail}",
                "${''.getClass()}",
                "${''['class']}",
                "${''.class.forName('java.lang.Runtime')}",
                "${''.getClass().forName('java.lang.Runtime').getRuntime().exec('id')}",
                "${clocks.getClass()}",
                "${clocks.class}",
                "${clocks['class']}",
                "${clocks.hashCode()}",
                "${clocks.wait()}",
                "${execution.processEngineServices}",
                "${execution.getProcessEngineServices().getRuntimeService()}"
            })
    void anExpressionReachesNothingElse(String expression) {
        assertThatThrownBy(() -> evaluate(expression)).isInstanceOf(ProcessEngineException.class);
    }

    @Test
    void anExpressionReachesADelegateAndComputes() {
        assertThat(evaluate("${preFlightDelegate}")).isNotNull();
        assertThat(evaluate("${1 + 1}")).isEqualTo(2L);
    }

    @Test
    void whatModelsMayNameIsWhatTheyName() throws IOException {
        var named = new TreeSet<String>();
        for (var model : new PathMatchingResourcePatternResolver().getResources("classpath:processes/*.bpmn")) {
            var found = BEAN.matcher(
                    model.getContentAsString(StandardCharsets.UTF_8).replace("&amp;", "&"));
            while (found.find()) {
                named.add(found.group(1) == null ? found.group(2) : found.group(1));
            }
        }
        Set<String> beans = new TreeSet<>(Arrays.asList(context.getBeanDefinitionNames()));
        named.retainAll(beans);
        assertThat(new NamedBeansOnly(context).visible())
                .as("mark a bean that a model asks with @VisibleToModels, and no other")
                .isEqualTo(named);
    }

    @Test
    void aProcessThatThisBuildHasNotBroughtIsFound() throws IOException {
        assertThat(deployer.strangers()).isEmpty();
        var rogue = repository
                .createDeployment()
                .addModelInstance(
                        "processes/rollback.bpmn",
                        Bpmn.createExecutableProcess("rogue")
                                .camundaHistoryTimeToLiveString("P1D")
                                .startEvent()
                                .endEvent()
                                .done())
                .deploy();
        try {
            assertThat(deployer.strangers()).containsExactly("rogue version 1");
            assertThatThrownBy(() -> deployer.afterSingletonsInstantiated())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("rogue");
        } finally {
            repository.deleteDeployment(rogue.getId(), true);
        }
    }
}
