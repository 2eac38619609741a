package org.patchboard.lifecycle.engine;

import org.camunda.bpm.engine.impl.AbstractQuery;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
import org.camunda.bpm.engine.impl.cmd.AbstractExecuteFilterCmd;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.patchboard.shared.Refusal;

/**
 * The engine checks the outer query for expressions and forgets those joined by "or" and those that extend a stored
 * filter: anybody signed in could run commands on the server (CVE-2026-109432, no fixed community release).
 */
final class NoExpressionsInQueries extends CommandInterceptor {

    @Override
    public <T> T execute(Command<T> command) {
        if (command instanceof AbstractQuery<?, ?> query) {
            refuse(query);
        }
        if (command instanceof AbstractExecuteFilterCmd
                && Guard.value(command, "extendingQuery") instanceof AbstractQuery<?, ?> extending) {
            refuse(extending);
        }
        return next.execute(command);
    }

    private static void refuse(AbstractQuery<?, ?> query) {
        if (!query.getExpressions().isEmpty()) {
            throw Refusal.forbidden("Expressions are not allowed in queries.");
        }
        if (query instanceof TaskQueryImpl tasks) {
            for (var part : tasks.getQueries()) {
                if (part != tasks && !part.getExpressions().isEmpty()) {
                    throw Refusal.forbidden("Expressions are not allowed in queries.");
                }
            }
        }
    }
}
