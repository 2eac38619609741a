package org.patchboard.lifecycle.model;

import java.time.Instant;
import java.util.Date;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.jspecify.annotations.Nullable;

/**
 * A process variable's name and type, said once. Ids and routing values only; the row in our tables is the truth.
 *
 * @param name as in the model
 * @param type {@code String}, {@code Boolean}, {@code Integer}, {@code Long} or {@code Date}
 */
public record ProcessVariable<T>(String name, Class<T> type) {

    /** The value; fails at the task that misses it. */
    public T in(VariableScope scope) {
        var value = find(scope);
        if (value == null) {
            throw new IllegalStateException("process variable " + name + " is missing");
        }
        return value;
    }

    public @Nullable T find(VariableScope scope) {
        return type.cast(scope.getVariable(name));
    }

    public void set(VariableScope scope, T value) {
        scope.setVariable(name, value);
    }

    public void setLocal(VariableScope scope, T value) {
        scope.setVariableLocal(name, value);
    }

    /** Timers take dates; nothing else of ours does. */
    public static Date date(Instant instant) {
        return Date.from(instant);
    }
}
