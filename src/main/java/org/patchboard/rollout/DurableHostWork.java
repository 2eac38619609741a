package org.patchboard.rollout;

/**
 * A kind of work on hosts that survives crashes: run by one node at a time, taken over when that node dies, tried again
 * by plan when it throws. Its own threads, so that slow hosts never keep mail or sealing waiting.
 */
public interface DurableHostWork {

    /** Names the kind of work in the queue; never renamed. */
    String name();

    /**
     * Runs one piece of work, outside any transaction; may be called again for the same piece after a crash.
     *
     * @throws RuntimeException to be tried again later; an implementation counts its tries itself and gives up in its
     *     own tables
     */
    void carryOut(Claim claim);
}
