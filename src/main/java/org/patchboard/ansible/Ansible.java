package org.patchboard.ansible;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Runs playbooks of ours with {@code ansible-playbook} over SSH, each in a folder of its own with its own configuration:
 * nothing that is set on this machine for other uses of Ansible or SSH counts. No shell; hosts and variables travel in
 * a file.
 */
@Component
public class Ansible {

    private static final Logger LOG = LoggerFactory.getLogger(Ansible.class);
    private static final List<String> FILES = List.of(
            "ansible.cfg",
            "callback/patchboard_events.py",
            "roll-out.yml",
            "host/begin.sh",
            "host/restart-wanted.sh",
            "host/look.sh",
            "look-up.yml",
            "gather.yml");

    /** 2 some hosts failed, 4 some could not be reached, 6 both (ansible/executor/task_queue_manager.py, RUN_*). */
    private static final Set<Integer> CAME_TO_AN_END = Set.of(0, 2, 4, 6);

    /** Of a log, from its beginning and from its end. */
    private static final int LOG_HALF = 1 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final AnsibleSettings settings;
    private final SshSettings ssh;

    public Ansible(AnsibleSettings settings, SshSettings ssh) {
        this.settings = settings;
        this.ssh = ssh;
    }

    /**
     * Runs a playbook and waits for its end, or stops it.
     *
     * @param variables of all machines; checked like those of {@link Machine}
     * @param rehearse only say what would happen ({@code --check --diff})
     * @param patience longest time to wait, at least one second
     * @throws AdapterFault when Ansible or the key is missing or every host refuses the key (permanent), or Ansible was
     *     ended by someone (transient)
     */
    public Run play(
            Playbook playbook,
            List<Machine> machines,
            Map<String, Object> variables,
            boolean rehearse,
            Duration patience) {
        if (machines.isEmpty()) {
            return new Run(List.of(), true, "");
        }
        var folder = folder();
        try {
            prepare(folder, machines, variables);
            return run(folder, playbook, machines, rehearse, patience);
        } catch (IOException e) {
            throw AdapterFault.transientFault("Ansible's working folder could not be used: " + e.getMessage(), e);
        } finally {
            remove(folder);
        }
    }

    private Run run(Path folder, Playbook playbook, List<Machine> machines, boolean rehearse, Duration patience)
            throws IOException {
        var command = new ArrayList<>(List.of(settings.executable(), "--inventory", "hosts.json"));
        if (rehearse) {
            command.addAll(List.of("--check", "--diff"));
        }
        command.add(playbook.file());
        var log = folder.resolve("log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                // not a pipe: SSH connections that are kept for a while would hold it open
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        environment(builder.environment(), folder);

        var exit = exit(start(builder), patience);
        var said = tail(log);
        if (exit == null) {
            return new Run(events(folder, machines), false, said);
        }
        var events = events(folder, machines);
        if (events.isEmpty() || !CAME_TO_AN_END.contains(exit)) {
            throw unusable(exit, said);
        }
        refuseRefusedKey(events, machines);
        return new Run(events, true, said);
    }

    private void prepare(Path folder, List<Machine> machines, Map<String, Object> variables) throws IOException {
        for (var file : FILES) {
            var target = folder.resolve(file);
            Files.createDirectories(target.getParent());
            try (var source = Ansible.class.getResourceAsStream(file)) {
                if (source == null) {
                    throw new IllegalStateException(file + " is missing from the application");
                }
                Files.copy(source, target);
            }
        }
        Files.writeString(folder.resolve("ssh_config"), sshConfig());
        var hosts = new LinkedHashMap<String, Object>();
        for (var machine : machines) {
            var own = new LinkedHashMap<>(machine.variables());
            own.put("ansible_host", machine.host().address());
            hosts.put(machine.alias(), own);
        }
        var common = new LinkedHashMap<>(variables);
        common.put("ansible_user", ssh.user());
        common.put("patchboard_become", settings.becomes(ssh.user()));
        JSON.writeValue(folder.resolve("hosts.json").toFile(), Map.of("all", Map.of("hosts", hosts, "vars", common)));
    }

    private String sshConfig() {
        return """
                Host *
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s
                  GlobalKnownHostsFile /dev/null
                  StrictHostKeyChecking yes
                  UpdateHostKeys no
                  BatchMode yes
                  ForwardAgent no
                  ServerAliveInterval 10
                  ServerAliveCountMax 3
                  ControlMaster auto
                  ControlPersist 10s
                  ControlPath %%C
                """.formatted(
                        quoted(readable(ssh.privateKey(), "patchboard.ssh.private-key")),
                        quoted(readable(ssh.knownHosts(), "patchboard.ssh.known-hosts")));
    }

    private static Path readable(@Nullable Path file, String setting) {
        if (file == null) {
            throw AdapterFault.permanentFault("no host can be reached over SSH: set " + setting);
        }
        if (!Files.isReadable(file)) {
            throw AdapterFault.permanentFault(setting + " names " + file + ", which cannot be read");
        }
        return file.toAbsolutePath();
    }

    private static String quoted(Path file) {
        var text = file.toString();
        if (text.indexOf('"') >= 0 || text.indexOf('\n') >= 0) {
            throw AdapterFault.permanentFault("OpenSSH cannot take this name of a file: " + text);
        }
        return '"' + text.replace("%", "%%") + '"';
    }

    private void environment(Map<String, String> environment, Path folder) {
        var path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.clear();
        environment.putAll(Map.of(
                "PATH", path,
                "HOME", folder.toString(),
                "LANG", "C.UTF-8",
                "LC_ALL", "C.UTF-8",
                "ANSIBLE_CONFIG", folder.resolve("ansible.cfg").toString(),
                "ANSIBLE_FORKS", Integer.toString(settings.forks()),
                "ANSIBLE_TIMEOUT",
                        Long.toString(Math.max(1, ssh.connectTimeout().toSeconds())),
                "PATCHBOARD_EVENTS", folder.resolve("events").toString()));
    }

    private Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw AdapterFault.permanentFault(
                    settings.executable()
                            + " cannot be started: install the package ansible-core where Patchboard runs, or set"
                            + " patchboard.ansible.executable",
                    e);
        }
    }

    /** The process's exit status; null when it took too long and was ended with all it had started. */
    private static @Nullable Integer exit(Process process, Duration patience) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            end(process);
            return null;
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw AdapterFault.transientFault("Patchboard was stopped while Ansible was at work", e);
        }
    }

    /** Parents before children, so that nobody is left to start another one. */
    private static void end(Process process) {
        var all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        for (var one : all) {
            one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join();
        }
    }

    private static List<Run.Event> events(Path folder, List<Machine> machines) throws IOException {
        var file = folder.resolve("events");
        if (!Files.exists(file)) {
            return List.of();
        }
        var assets = new LinkedHashMap<String, AssetId>();
        machines.forEach(machine -> assets.put(machine.alias(), machine.host().asset()));
        var events = new ArrayList<Run.Event>();
        for (var line : Files.readString(file).lines().toList()) {
            try {
                var event = JSON.readTree(line);
                var asset = assets.get(event.path("host").asText());
                if (asset != null) {
                    events.add(new Run.Event(
                            asset,
                            event.path("task").asText(),
                            Run.Outcome.valueOf(event.path("outcome").asText()),
                            event.path("result")));
                }
            } catch (JsonProcessingException e) {
                LOG.warn("half a line from Ansible, which was stopped while it wrote: {}", e.getOriginalMessage());
            }
        }
        return events;
    }

    private static AdapterFault unusable(int exit, String said) {
        var words = said.strip();
        var message = "ansible-playbook ended with " + exit + ": "
                + words.substring(Math.max(0, words.length() - 500)).strip();
        // ended by a signal, or by a person
        return exit > 128 || exit == 99 ? AdapterFault.transientFault(message) : AdapterFault.permanentFault(message);
    }

    private void refuseRefusedKey(List<Run.Event> events, List<Machine> machines) {
        var refusing = events.stream()
                .filter(event -> event.outcome() == Run.Outcome.UNREACHABLE
                        && event.text("msg").contains("Permission denied"))
                .map(Run.Event::asset)
                .distinct()
                .count();
        if (refusing == machines.size() && events.size() == machines.size()) {
            throw AdapterFault.permanentFault("every host refuses the key of " + ssh.user() + " (" + ssh.privateKey()
                    + "): allow it there, or set patchboard.ssh.user and patchboard.ssh.private-key");
        }
    }

    private static String tail(Path log) throws IOException {
        var bytes = Files.readAllBytes(log);
        if (bytes.length <= 2 * LOG_HALF) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        return new String(bytes, 0, LOG_HALF, StandardCharsets.UTF_8)
                + "\n… " + (bytes.length - 2 * LOG_HALF) + " bytes left out …\n"
                + new String(bytes, bytes.length - LOG_HALF, LOG_HALF, StandardCharsets.UTF_8);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("patchboard-ansible");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException fault) {
                    // a connection's socket that closed itself meanwhile
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault)
                        throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("Ansible's working folder stays behind: {}", e.getMessage());
        }
    }
}
