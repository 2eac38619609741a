package org.patchboard.lifecycle.engine;

import jakarta.ws.rs.core.Response.Status;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.exception.NullValueException;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.rest.exception.RestException;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.RefusedAttempts;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.ObjectProvider;

/**
 * A refusal, however deep, reaches whoever asked as its sentence and a 4xx, never as a 500 about a listener. What
 * somebody from outside tried and may not is recorded, once, with their name: by the {@link Guard}, by the engine's
 * own authorizations or by a rule of ours. Looks that the engine refuses are not; its web applications make them for
 * everybody.
 */
final class Refusals extends CommandInterceptor {

    private final ObjectProvider<RefusedAttempts> refusedAttempts;

    Refusals(ObjectProvider<RefusedAttempts> refusedAttempts) {
        this.refusedAttempts = refusedAttempts;
    }

    @Override
    public <T> T execute(Command<T> command) {
        // A command inside a command is the engine's own or ours; what it throws is for the outermost to tell.
        if (Context.getCommandContext() != null) {
            return next.execute(command);
        }
        var visit = Guard.visit();
        try {
            return next.execute(command);
        } catch (RuntimeException e) {
            throw visit == null ? told(e) : toldOutside(e, command, visit);
        }
    }

    /** To a caller in Java, as the engine would say it. */
    private static RuntimeException told(RuntimeException thrown) {
        var refusal = causeIn(thrown, Refusal.class);
        if (refusal == null) {
            return thrown;
        }
        return refusal.kind() == Refusal.Kind.FORBIDDEN
                ? new AuthorizationException(refusal.getMessage())
                : new BadUserRequestException(refusal.getMessage(), refusal);
    }

    /** What {@link #told} made of a refusal, back again. */
    static RuntimeException asRefusal(ProcessEngineException told) {
        var refusal = causeIn(told, Refusal.class);
        if (refusal != null) {
            return refusal;
        }
        return told instanceof AuthorizationException ? Refusal.forbidden(String.valueOf(told.getMessage())) : told;
    }

    /** A {@link RestException} keeps its status where the engine's resources make 500 of everything else. */
    private RuntimeException toldOutside(RuntimeException thrown, Command<?> command, Guard.Visit visit) {
        var refusal = causeIn(thrown, Refusal.class);
        if (refusal != null) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN || refusal.kind() == Refusal.Kind.CONFLICT) {
                record(command, visit, refusal);
            }
            // Some of the engine's resources make 500 of a RestException, too, but none of an AuthorizationException.
            return refusal.kind() == Refusal.Kind.FORBIDDEN
                    ? new AuthorizationException(refusal.getMessage())
                    : new RestException(status(refusal), thrown, String.valueOf(refusal.getMessage()));
        }
        var unauthorized = causeIn(thrown, AuthorizationException.class);
        if (unauthorized != null) {
            if (Guard.leaveOf(command) != Guard.Leave.READ) {
                record(command, visit, unauthorized);
            }
            return unauthorized;
        }
        if (causeIn(thrown, OptimisticLockingException.class) != null) {
            return new RestException(
                    Status.CONFLICT, thrown, "Somebody else was quicker by a moment; look at it again.");
        }
        if (Guard.leaveOf(command) != Guard.Leave.READ && causeIn(thrown, NullValueException.class) != null) {
            return new RestException(
                    Status.CONFLICT,
                    thrown,
                    "It is not open: somebody has done it, the change has moved on, or it never was.");
        }
        return thrown;
    }

    private void record(Command<?> command, Guard.Visit visit, RuntimeException refused) {
        if (visit.isRecorded()) {
            return; // the engine notes a job's failure by another command, which is refused as well
        }
        visit.recorded();
        refusedAttempts
                .getObject()
                .record(Guard.signedIn(), visit.channel(), nameOf(command), String.valueOf(refused.getMessage()));
    }

    private static Status status(Refusal refusal) {
        return switch (refusal.kind()) {
            case INCOMPLETE -> Status.BAD_REQUEST;
            case FORBIDDEN -> Status.FORBIDDEN;
            case UNKNOWN -> Status.NOT_FOUND;
            case CONFLICT -> Status.CONFLICT;
        };
    }

    private static String nameOf(Command<?> command) {
        var name = command.getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static <E extends Throwable> @Nullable E causeIn(Throwable thrown, Class<E> kind) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
