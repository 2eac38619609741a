package org.patchboard.lifecycle.engine;

import org.camunda.bpm.engine.impl.cmd.DefaultJobRetryCmd;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.jobexecutor.FailedJobCommandFactory;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AdapterFault;

/** A permanent fault is an incident at once; everything else keeps its retry plan. */
class PermanentFaultsFirst implements FailedJobCommandFactory {

    @Override
    public Command<Object> getCommand(String jobId, Throwable exception) {
        return new DefaultJobRetryCmd(jobId, exception) {
            @Override
            public @Nullable Object execute(CommandContext context) {
                if (!isPermanent(exception)) {
                    return super.execute(context);
                }
                var job = getJob();
                if (job != null) {
                    job.unlock();
                    logException(job);
                    job.setRetries(0);
                    notifyAcquisition(context);
                }
                return null;
            }
        };
    }

    private static boolean isPermanent(Throwable exception) {
        for (var cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof AdapterFault fault) {
                return fault.isPermanent();
            }
        }
        return false;
    }
}
