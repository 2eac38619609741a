package org.patchboard.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The peer of {@link Lifecycle}, in a process of its own: its engine does not share a class path with ours. */
record FlowablePeer(int[] sizes, BareEngine.Database database, int voters, int votes) {

    /**
     * The median of each size; empty when {@code -Dflowable=CLASSPATH} is not given.
     */
    List<Long> nanos() throws IOException, InterruptedException {
        var classpath = System.getProperty("flowable", "");
        if (classpath.isEmpty()) {
            return List.of();
        }
        var builder = new ProcessBuilder(
                "java",
                "-Xmx512m",
                "-Duser.timezone=UTC",
                "-cp",
                classpath,
                "org.patchboard.bench.flowable.Peer",
                Lifecycle.models().toString(),
                database.url(),
                database.user(),
                Integer.toString(Bench.TIMES),
                Integer.toString(voters),
                Integer.toString(votes),
                Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(",")));
        builder.environment().put("PEER_PASSWORD", database.password());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        var process = builder.start();
        var nanos = new ArrayList<Long>();
        try (var out = process.inputReader()) {
            out.lines()
                    .filter(line -> line.startsWith("nanos "))
                    .forEach(line -> nanos.add(Long.valueOf(line.substring(6))));
        }
        if (process.waitFor() != 0 || nanos.size() != sizes.length) {
            throw new IllegalStateException("the peer has failed");
        }
        return nanos;
    }
}
