package org.patchboard;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for another process, which no test clock reaches. */
public final class Eventually {

    private static final Duration PAUSE = Duration.ofMillis(250);

    private Eventually() {}

    /** Asks until the answer is yes; fails when it still is no after this time. */
    public static void within(Duration time, String what, Callable<Boolean> question) {
        within(time, () -> what, question);
    }

    /** The same, with what is known in the end. */
    public static void within(Duration time, Supplier<String> what, Callable<Boolean> question) {
        var end = System.nanoTime() + time.toNanos();
        try {
            while (!question.call()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("within " + time + " not " + what.get());
                }
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
