package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TimeZone;
import java.util.function.Predicate;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.history.HistoryLevel;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/**
 * Whether the engine is set up as everything else relies on. A house whose door does not close does not open: a fault
 * found here ends the start, before the port is open.
 */
@Component
class SelfCheck implements SmartInitializingSingleton {

    private final ProcessEngineConfigurationImpl engine;

    SelfCheck(ProcessEngineConfigurationImpl engine) {
        this.engine = engine;
    }

    @Override
    public void afterSingletonsInstantiated() {
        var faults = faults(engine);
        if (!faults.isEmpty()) {
            throw new IllegalStateException("not safe to start: " + String.join("; ", faults));
        }
    }

    /** What is not as it has to be, each as a sentence. */
    static List<String> faults(ProcessEngineConfigurationImpl engine) {
        var wanted = new LinkedHashMap<String, Predicate<ProcessEngineConfigurationImpl>>();
        wanted.put("authorizations are off", ProcessEngineConfigurationImpl::isAuthorizationEnabled);
        wanted.put("the history is not full", e -> HistoryLevel.HISTORY_LEVEL_FULL.equals(e.getHistoryLevel()));
        wanted.put("history is cleaned up", e -> !e.isHistoryCleanupEnabled());
        wanted.put("queries take expressions", e -> !e.isEnableExpressionsInAdhocQueries());
        wanted.put("stored filters take expressions", e -> !e.isEnableExpressionsInStoredQueries());
        wanted.put("objects of Java are read from outside", e -> !e.isJavaSerializationFormatEnabled());
        wanted.put("tasks can be made beside a process", e -> !e.isStandaloneTasksEnabled());
        wanted.put("cases are on", e -> !e.isCmmnEnabled());
        wanted.put("the engine keeps people of its own", e -> !e.isDbIdentityUsed());
        wanted.put("an unknown error ends a process in silence", e -> e.isEnableExceptionsAfterUnhandledBpmnError());
        wanted.put("models see every bean", e -> e.getExpressionManager() instanceof NamedBeansOnly);
        wanted.put("no guard stands before the engine", e -> isGuarded(e.getCustomPreCommandInterceptorsTxRequired()));
        wanted.put(
                "no guard stands before what opens a transaction of its own",
                e -> isGuarded(e.getCustomPreCommandInterceptorsTxRequiresNew()));
        var faults = new ArrayList<String>();
        wanted.forEach((fault, holds) -> {
            if (!holds.test(engine)) {
                faults.add(fault);
            }
        });
        if (TimeZone.getDefault().getRawOffset() != 0 || TimeZone.getDefault().useDaylightTime()) {
            faults.add("this Java does not think in UTC; start it with -Duser.timezone=UTC");
        }
        if (!new ScriptEngineManager()
                .getEngineFactories().stream()
                        .allMatch(factory -> factory.getClass().getName().startsWith("org.camunda."))) {
            faults.add("there is a script engine that could run code of strangers");
        }
        return faults;
    }

    private static boolean isGuarded(List<CommandInterceptor> interceptors) {
        return interceptors != null && interceptors.stream().anyMatch(Guard.class::isInstance);
    }
}
