package org.patchboard.rollout;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/**
 * The automatic part of a plan's test.
 *
 * @param state {@code running}, {@code passed} or {@code failed}
 * @param log everything the deployer said
 */
public record TestRun(
        ChangeId change,
        int revision,
        int number,
        String state,
        String summary,
        Instant startedAt,
        @Nullable Instant finishedAt,
        List<HostTest> hosts,
        String log) {

    /**
     * One host's result.
     *
     * @param action {@code dry-run} or {@code install}
     * @param state {@code DONE}, {@code FAILED}, {@code UNREACHABLE}; empty while it runs
     */
    public record HostTest(String ring, String host, String action, String state, String detail) {}
}
