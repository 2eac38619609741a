package org.patchboard;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The product in a process of its own, started as its user starts it: real clock, real scheduling, real port. */
public final class RunningPatchboard implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final Process process;
    private final Path log;
    private final URI address;

    private RunningPatchboard(Process process, Path log, URI address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /**
     * Starts it on an empty data folder and waits until it is ready.
     *
     * @param name of its folder under {@code target}
     */
    public static RunningPatchboard start(String name, Map<String, String> environment, String... arguments) {
        try {
            var home = Path.of("target", "running", name).toAbsolutePath();
            delete(home);
            Files.createDirectories(home);
            var port = freePort();
            var address = URI.create("http://127.0.0.1:" + port);
            var command = new ArrayList<>(java(List.of(arguments)));
            command.add("--server.port=" + port);
            command.add("--patchboard.address=" + address);
            var log = home.resolve("log");
            var builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            var running = new RunningPatchboard(builder.start(), log, address);
            running.awaitReadiness();
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the command line with these arguments and says how it ended. */
    public static int command(String... arguments) {
        try {
            var process =
                    new ProcessBuilder(java(List.of(arguments))).inheritIO().start();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("no end after a minute: " + List.of(arguments));
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> java(List<String> arguments) {
        // What the product has on its class path: no class and no setting of the tests.
        var path = Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes" + File.separator))
                .collect(Collectors.joining(File.pathSeparator));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx700m",
                "-Duser.timezone=UTC",
                "-cp",
                path,
                Patchboard.class.getName()));
        command.addAll(arguments);
        return command;
    }

    public URI address() {
        return address;
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReadiness() {
        var http = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(address.resolve("/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        Eventually.within(PATIENCE, "ready", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("it ended before it was ready:\n" + log());
            }
            try {
                return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path home) throws IOException {
        if (Files.exists(home)) {
            try (var files = Files.walk(home)) {
                for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
