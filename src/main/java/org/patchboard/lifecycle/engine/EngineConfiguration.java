package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.AbstractQuery;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
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
import org.patchboard.lifecycle.task.HumanTasks;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.ObjectProvider;
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
            ObjectProvider<RefusedAttempts> refusedAttempts) {
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
                engine.setQueryMaxResultsLimit(2000);
                engine.setLogEntriesPerSyncOperationLimit(500);
                engine.setDefaultUserPermissionNameForTask("TASK_WORK");
                engine.setFailedJobCommandFactory(new PermanentFaultsFirst());
                var listeners = engine.getCustomPostBPMNParseListeners() == null
                        ? new ArrayList<BpmnParseListener>()
                        : new ArrayList<>(engine.getCustomPostBPMNParseListeners());
                listeners.add(new EveryUserTask(humanTasks));
                engine.setCustomPostBPMNParseListeners(listeners);
                engine.setCustomPreCommandInterceptorsTxRequired(List.of(
                        new Refusals(),
                        new Guard(humanTasks, refusedAttempts),
                        new NoExpressionsInQueries(),
                        new AgainAfterACollision()));
                engine.setCustomPreCommandInterceptorsTxRequiresNew(
                        List.of(new Guard(humanTasks, refusedAttempts), new NoExpressionsInQueries()));
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
                    TaskListener.EVENTNAME_COMPLETE,
                    task -> humanTasks.getObject().completed(task));
        }
    }

    /** A refusal deep in a listener reaches the caller as its sentence and a 4xx, not as a 500 about a listener. */
    private static final class Refusals extends CommandInterceptor {

        @Override
        public <T> T execute(Command<T> command) {
            try {
                return next.execute(command);
            } catch (RuntimeException e) {
                for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                    if (cause instanceof Refusal refusal) {
                        throw refusal.kind() == Refusal.Kind.FORBIDDEN
                                ? new AuthorizationException(refusal.getMessage())
                                : new BadUserRequestException(refusal.getMessage(), refusal);
                    }
                }
                throw e;
            }
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

    /**
     * The engine checks the outer query for expressions and forgets those joined by "or": anybody signed in could run
     * commands on the server (CVE-2026-109432, no fixed community release).
     */
    private static final class NoExpressionsInQueries extends CommandInterceptor {

        @Override
        public <T> T execute(Command<T> command) {
            if (command instanceof TaskQueryImpl query) {
                for (var part : query.getQueries()) {
                    refuse(part);
                }
            }
            if (command instanceof AbstractQuery<?, ?> query) {
                refuse(query);
            }
            return next.execute(command);
        }

        private static void refuse(AbstractQuery<?, ?> query) {
            if (!query.getExpressions().isEmpty()) {
                throw new BadUserRequestException("Expressions are not allowed in queries.");
            }
        }
    }
}
