package org.patchboard.lifecycle.task;

import java.util.function.Supplier;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.patchboard.shared.Hindrance;

/** Turns a known obstacle into the error of its boundary event. */
public final class Hindrances {

    private Hindrances() {}

    public static <T> T asBpmnError(Supplier<T> call) {
        try {
            return call.get();
        } catch (Hindrance hindrance) {
            throw new BpmnError(hindrance.code(), hindrance.getMessage(), hindrance);
        }
    }

    public static void asBpmnError(Runnable call) {
        asBpmnError(() -> {
            call.run();
            return Boolean.TRUE;
        });
    }
}
