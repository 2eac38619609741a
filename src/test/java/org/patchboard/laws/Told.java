package org.patchboard.laws;

import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.TaskAlreadyClaimedException;
import org.patchboard.shared.Hindrance;
import org.patchboard.shared.Refusal;

/** What a person can be told: everything else is a fault of ours. */
final class Told {

    private Told() {}

    static boolean isRefusal(RuntimeException thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal
                    || cause instanceof Hindrance
                    || cause instanceof AuthorizationException
                    || cause instanceof BadUserRequestException
                    || cause instanceof TaskAlreadyClaimedException) {
                return true;
            }
        }
        return false;
    }
}
