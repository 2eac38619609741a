package org.patchboard.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;

/**
 * Small real Debian hosts: the machine's own system seen through an overlay, each with its own processes, network, sshd,
 * dpkg and a repository of packages made for it. Root on a Debian machine is needed: a test begins with
 * {@link #assumeAvailable()}. Several JVMs may have theirs at the same time; a killed JVM's hosts go with it.
 *
 * <p>Packages: {@code pdemo} 1.0, 1.1 and 1.2, whose post-installation always fails; {@code pslow} 1.0 and 1.1, which
 * takes 45 seconds; {@code preboot} 1.0 and 1.1, after which the host wants a restart. Each has a configuration file
 * {@code /etc/NAME.conf}. A restart is a real one: all processes end and begin again.
 */
public final class DebianHosts implements AutoCloseable {

    private static final Path HOME = Path.of("/tmp/patchboard-hosts");

    private static @Nullable DebianHosts shared;

    private final Path directory;
    private final Process supervisor;
    private final Map<String, Host> hosts;
    private final Thread hook = new Thread(this::end, "debian-hosts-end");

    private DebianHosts(Path directory, Process supervisor, Map<String, Host> hosts) {
        this.directory = directory;
        this.supervisor = supervisor;
        this.hosts = hosts;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Skips the test, loudly, where such hosts cannot exist; where {@code CI=true} it fails instead. */
    public static void assumeAvailable() {
        var missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        var sentence = "real Debian hosts need " + String.join(", ", missing);
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(sentence);
        }
        System.err.println("SKIPPED, NOT TESTED: " + sentence);
        Assumptions.abort(sentence);
    }

    private static List<String> missing() {
        var missing = new ArrayList<String>();
        if (!"root".equals(System.getProperty("user.name"))) {
            missing.add("to be root");
        }
        if (!Files.exists(Path.of("/var/lib/dpkg/status"))) {
            missing.add("a Debian machine");
        }
        for (var tool : List.of(
                "ansible-playbook:ansible-core",
                "sshd:openssh-server",
                "ssh-keygen:openssh-client",
                "dpkg-deb:dpkg",
                "dpkg-scanpackages:dpkg-dev",
                "ip:iproute2",
                "unshare:util-linux",
                "nsenter:util-linux")) {
            var name = tool.substring(0, tool.indexOf(':'));
            if (List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                    .noneMatch(place -> Files.isExecutable(Path.of(place, name)))) {
                missing.add(name + " (package " + tool.substring(tool.indexOf(':') + 1) + ")");
            }
        }
        if (!Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/apt"))) {
            missing.add("the apt module of Python (package python3-apt)");
        }
        return missing;
    }

    /**
     * Hosts {@code web1}, {@code web2} and {@code web3}, one set for all tests of this JVM; ends with the JVM. The
     * application under test reaches them, too: its settings name {@code target/hosts/key} and
     * {@code target/hosts/known_hosts}.
     */
    public static synchronized DebianHosts shared() {
        if (shared == null) {
            shared = start("web1", "web2", "web3");
            shared.publish(Path.of("target/hosts"));
        }
        return shared;
    }

    private void publish(Path folder) {
        try {
            Files.createDirectories(folder);
            for (var file : List.of(privateKeyFile(), knownHostsFile())) {
                var link = folder.resolve(file.getFileName());
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts hosts of these names; short ones, letters and digits. Asset keys count from 1. */
    public static DebianHosts start(String... names) {
        sweepWhatIsLeft();
        var pid = ProcessHandle.current().pid();
        for (var attempt = 0; ; attempt++) {
            var tag = Long.toString(pid, 36) + Integer.toString((int) (System.nanoTime() % 36), 36);
            var network = "198.18." + freeNetwork(pid + attempt);
            var directory = HOME.resolve(pid + "-" + tag);
            var command =
                    new ArrayList<>(List.of("setsid", "bash", script(), "run", directory.toString(), tag, network));
            command.addAll(List.of(names));
            var supervisor = begin(command);
            var answer = firstLine(supervisor);
            if (answer.equals("ready")) {
                var hosts = new LinkedHashMap<String, Host>();
                for (var name : names) {
                    var number = hosts.size() + 1;
                    hosts.put(name, new Host(new AssetId(number), name, network + "." + (10 + number)));
                }
                return new DebianHosts(directory, supervisor, hosts);
            }
            if (attempt == 2) {
                throw new IllegalStateException("no hosts: " + answer);
            }
        }
    }

    /** As an adapter gets it. */
    public Host host(String name) {
        var host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("no host " + name + " among " + hosts.keySet());
        }
        return host;
    }

    /** The same machine under the key it has in an inventory. */
    public Host host(String name, AssetId asset) {
        return new Host(asset, name, host(name).address());
    }

    /** In this network, and nobody is there. */
    public Host nobody() {
        var address = hosts.values().iterator().next().address();
        return new Host(new AssetId(99), "nobody", address.substring(0, address.lastIndexOf('.')) + ".200");
    }

    /** Opens {@code root} on every host. */
    public Path privateKeyFile() {
        return directory.resolve("key");
    }

    /** A key no host accepts. */
    public Path wrongPrivateKeyFile() {
        return directory.resolve("wrong-key");
    }

    /** Names every host's key. */
    public Path knownHostsFile() {
        return directory.resolve("known_hosts");
    }

    /** Puts a version on a host without asking anybody; downgrades too, and mends what an update broke. */
    public void install(String name, String pkg, String version) {
        run(
                name,
                "apt-get",
                "install",
                "-qq",
                "-y",
                "--allow-downgrades",
                "-o",
                "Dpkg::Options::=--force-confold",
                pkg + "=" + version);
    }

    /** Takes packages away with their configuration; absent ones are no fault. */
    public void purge(String name, String... packages) {
        var command = new ArrayList<>(List.of("dpkg", "--purge", "--force-all"));
        command.addAll(List.of(packages));
        run(name, command.toArray(String[]::new));
    }

    /** The version dpkg has on record, {@code ""} when there is none. */
    public String dpkgVersion(String name, String pkg) {
        return dpkg(name, pkg, "${Version}");
    }

    /** Two letters: {@code ii} completely installed, {@code iF} half configured … {@code ""} when unknown. */
    public String dpkgStatus(String name, String pkg) {
        return dpkg(name, pkg, "${db:Status-Abbrev}").strip();
    }

    /** From now on {@code pdemo} 1.1 fails its post-installation on this host. */
    public void breakInstalls(String name) {
        run(name, "touch", "/var/lib/pdemo.break");
    }

    /** Undoes {@link #breakInstalls}. */
    public void mendInstalls(String name) {
        run(name, "rm", "-f", "/var/lib/pdemo.break");
    }

    /** Whether the host says it wants a restart. */
    public void wantsReboot(String name, boolean wanted) {
        run(name, wanted ? "touch" : "rm", wanted ? "--" : "-f", "/run/reboot-required");
    }

    /** When the host's first process began, in ticks of the machine: another number after each restart. */
    public String booted(String name) {
        return run(name, "cut", "-d ", "-f22", "/proc/1/stat").strip();
    }

    /** Text of a file on the host. */
    public String read(String name, String path) {
        return run(name, "cat", path);
    }

    /** Writes a file on the host. */
    public void write(String name, String path, String text) {
        try {
            Files.writeString(Path.of("/proc", pid(name), "root", path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program on a host as root, beside SSH, and returns what it said. */
    public String run(String name, String... program) {
        var outcome = attempt(name, program);
        if (outcome.exit() != 0) {
            throw new IllegalStateException(String.join(" ", program) + " on " + name + " ended with " + outcome.exit()
                    + ": " + outcome.output());
        }
        return outcome.output();
    }

    /** Like {@link #run}, and its failure is an answer too. */
    public Outcome attempt(String name, String... program) {
        var command = new ArrayList<>(List.of("nsenter", "--target", pid(name), "--all", "--root", "--wd", "--"));
        command.addAll(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
        command.addAll(List.of(program));
        return outcome(command);
    }

    /** What a program said and how it ended. */
    public record Outcome(int exit, String output) {}

    /** Takes the hosts away. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        end();
    }

    private void end() {
        try {
            supervisor.getOutputStream().close();
            if (!supervisor.waitFor(20, TimeUnit.SECONDS)) {
                supervisor.destroy();
            }
        } catch (IOException e) {
            supervisor.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String dpkg(String name, String pkg, String field) {
        var outcome = attempt(name, "dpkg-query", "-W", "-f=" + field, "--", pkg);
        return outcome.exit() == 0 ? outcome.output() : "";
    }

    /** Of the host's first process, as the machine counts; another one after a restart. */
    private String pid(String name) {
        try {
            return Files.readString(directory.resolve("hosts").resolve(name).resolve("pid"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sweepWhatIsLeft() {
        if (!Files.isDirectory(HOME)) {
            return;
        }
        try (var runs = Files.list(HOME)) {
            for (var run : runs.toList()) {
                var parts = run.getFileName().toString().split("-", 2);
                if (parts.length == 2
                        && ProcessHandle.of(Long.parseLong(parts[0])).isEmpty()) {
                    outcome(List.of("bash", script(), "sweep", run.toString(), parts[1]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A part of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544), and not in use here. */
    private static String freeNetwork(long start) {
        var used = outcome(List.of("ip", "-o", "-4", "addr")).output();
        for (var i = start; i < start + 256; i++) {
            if (!used.contains(" 198.18." + i % 256 + ".")) {
                return Long.toString(i % 256);
            }
        }
        throw new IllegalStateException("no network is free: " + used);
    }

    private static String script() {
        try (var source = DebianHosts.class.getResourceAsStream("/hosts/debian-hosts.sh")) {
            if (source == null) {
                throw new IllegalStateException("hosts/debian-hosts.sh is not among the test resources");
            }
            Files.createDirectories(HOME);
            var copy = Files.createTempFile("debian-hosts", ".sh");
            Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
            copy.toFile().deleteOnExit();
            return copy.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process begin(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstLine(Process process) {
        try {
            var line = new BufferedReader(process.inputReader(StandardCharsets.UTF_8)).readLine();
            return line == null ? "it ended without a word" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome outcome(List<String> command) {
        var process = begin(command);
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
