package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.bpmn.behavior.UserTaskActivityBehavior;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.ProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cmd.CompleteTaskCmd;
import org.camunda.bpm.engine.impl.cmd.SubmitTaskFormCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;
import org.patchboard.audit.AuditTrail;
import org.patchboard.audit.RefusedAttempts;
import org.patchboard.lifecycle.task.HumanTasks;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** How the engine is set up: flags, who is asked about people, what every user task does. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

    @Bean
    ProcessEnginePlugin house(
            DirectoryIdentityProvider directory,
            ObjectProvider<HumanTasks> humanTasks,
            ObjectProvider<RefusedAttempts> refusedAttempts,
            ObjectProvider<AuditTrail> audit,
            ApplicationContext context) {
        return new AbstractProcessEnginePlugin() {
            @Override
            public void preInit(ProcessEngineConfigurationImpl engine) {
                engine.setIdentityProviderSessionFactory(directory);
                engine.setDbIdentityUsed(false);
                engine.setEnableExpressionsInAdhocQueries(false);
                engine.setEnableExpressionsInStoredQueries(false);
                engine.setEnableExceptionsAfterUnhandledBpmnError(true);
                engine.setDeserializationTypeValidationEnabled(true);
                engine.setStandaloneTasksEnabled(false);
                engine.setCmmnEnabled(false);
                engine.setHistoryCleanupEnabled(false);
                // Our processes are described in their pages; for it each list of processes would read every model.
                engine.setEnableFetchProcessDefinitionDescription(false);
                engine.setQueryMaxResultsLimit(2000);
                engine.setLogEntriesPerSyncOperationLimit(500);
                engine.setDefaultUserPermissionNameForTask("TASK_WORK");
                engine.setExpressionManager(new NamedBeansOnly(context));
                engine.setFailedJobCommandFactory(new PermanentFaultsFirst());
                var listeners = engine.getCustomPostBPMNParseListeners() == null
                        ? new ArrayList<BpmnParseListener>()
                        : new ArrayList<>(engine.getCustomPostBPMNParseListeners());
                listeners.add(new EveryUserTask(humanTasks));
                engine.setCustomPostBPMNParseListeners(listeners);
                engine.setCustomPreCommandInterceptorsTxRequired(List.of(
                        new Refusals(refusedAttempts),
                        new Guard(humanTasks, audit),
                        new NoExpressionsInQueries(),
                        new AgainAfterACollision()));
                engine.setCustomPreCommandInterceptorsTxRequiresNew(List.of(
                        new Refusals(refusedAttempts), new Guard(humanTasks, audit), new NoExpressionsInQueries()));
            }
        };
    }

    /** Attached to every user task of every model, so that none can be drawn without it. */
    private static final class EveryUserTask extends AbstractBpmnParseListener {

        private final ObjectProvider<HumanTasks> humanTasks;

        EveryUserTask(ObjectProvider<HumanTasks> humanTasks) {
            this.humanTasks = humanTasks;
        }

        @Override
        public void parseUserTask(Element element, ScopeImpl scope, ActivityImpl activity) {
            var definition = ((UserTaskActivityBehavior) activity.getActivityBehavior()).getTaskDefinition();
            definition.addBuiltInTaskListener(
                    TaskListener.EVENTNAME_CREATE,
                    task -> humanTasks.getObject().appeared(task));
            definition.addBuiltInTaskListener(
                    TaskListener.EVENTNAME_ASSIGNMENT,
                    task -> humanTasks.getObject().claimed(task));
            definition.addBuiltInTaskListener(
                    TaskListener.EVENTNAME_COMPLETE,
                    task -> humanTasks.getObject().completed(task));
        }
    }

    /**
     * Two people who complete tasks of one process at the same moment may meet in one of its rows; whoever comes second
     * is done again on what the first has left, instead of being shown an error.
     */
    private static final class AgainAfterACollision extends CommandInterceptor {

        private static final int ATTEMPTS = 5;

        @Override
        public <T> T execute(Command<T> command) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return next.execute(command);
                } catch (OptimisticLockingException e) {
                    if (attempt == ATTEMPTS || !isDoneByAPerson(command) || isPartOfSomethingLarger()) {
                        throw e;
                    }
                }
            }
        }

        private static boolean isDoneByAPerson(Command<?> command) {
            return command instanceof CompleteTaskCmd || command instanceof SubmitTaskFormCmd;
        }

        private static boolean isPartOfSomethingLarger() {
            return Context.getCommandContext() != null || TransactionSynchronizationManager.isActualTransactionActive();
        }
    }
}
