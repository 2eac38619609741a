package org.patchboard.ansible;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;

/** How it deals with a program that behaves badly; with the real one the adapters are tested. */
@EnabledOnOs(OS.LINUX)
class AnsibleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final List<Machine> machines = List.of(
            new Machine(new Host(new AssetId(1), "localhost", "192.0.2.1"), Map.of("packages", List.of("a=1"))),
            new Machine(new Host(new AssetId(2), "all", "2001:db8::2"), Map.of()));

    @BeforeEach
    void keys() throws IOException {
        Files.writeString(folder.resolve("key"), "a key");
        Files.writeString(folder.resolve("known hosts"), "");
    }

    @Test
    void saysWhatToInstallWhereAnsibleIsMissing() {
        assertPermanent(
                () -> ansible("/nowhere/ansible-playbook", folder.resolve("key"))
                        .play(Playbook.GATHER, machines, Map.of(), false, PATIENCE),
                "install the package ansible-core");
    }

    @Test
    void saysWhichSettingIsMissing() {
        assertPermanent(
                () -> ansible("/bin/true", null).play(Playbook.GATHER, machines, Map.of(), false, PATIENCE),
                "set patchboard.ssh.private-key");
        assertPermanent(
                () -> ansible("/bin/true", folder.resolve("none"))
                        .play(Playbook.GATHER, machines, Map.of(), false, PATIENCE),
                "cannot be read");
    }

    /** 1 a fault, 2 wrong options, 4 a playbook that cannot be read, 250 a fault of its own; 0 with nothing said. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 5})
    void callsAnEndWithoutAnyResultAPermanentFault(int exit) throws IOException {
        var program = program("echo 'ERROR! the playbook is broken'; exit " + exit);
        assertPermanent(() -> play(program, PATIENCE), "the playbook is broken");
    }

    @Test
    void callsAnEndByASignalATransientFault() throws IOException {
        var program = program("kill -KILL $$");
        assertThatThrownBy(() -> play(program, PATIENCE))
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isFalse());
    }

    @Test
    void keepsTheResultsOfATimeOutAndEndsEverythingThatWasStarted() throws Exception {
        var pids = folder.resolve("pids");
        var program = program("""
                echo '{"host": "localhost_1", "task": "end", "outcome": "OK", "result": {"stdout": "x"}}' >>"$PATCHBOARD_EVENTS"
                printf '{"host": "all_2", "task": "e' >>"$PATCHBOARD_EVENTS"
                (sh -c 'echo $$ >>%1$s; exec sleep 60' & sh -c 'echo $$ >>%1$s; exec sleep 60' & wait) &
                echo $$ >>%1$s
                wait
                """.formatted(pids));

        var run = play(program, Duration.ofSeconds(2));

        assertThat(run.inTime()).isFalse();
        assertThat(run.of(new AssetId(1))).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(Run.Outcome.OK);
            assertThat(event.text("stdout")).isEqualTo("x");
        });
        assertThat(run.of(new AssetId(2))).isEmpty();
        assertThat(Files.readAllLines(pids))
                .hasSize(3)
                .allSatisfy(
                        pid -> assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty());
    }

    @Test
    void endsWithThePersonWhoStopsIt() throws Exception {
        var pids = folder.resolve("pids");
        var program = program("echo $$ >>" + pids + "; exec sleep 60");
        var thread = Executors.newSingleThreadExecutor();
        var work = thread.submit(() -> play(program, PATIENCE));
        while (!Files.exists(pids) || Files.readString(pids).isBlank()) {
            Thread.sleep(20);
        }
        thread.shutdownNow();
        assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(work::get).hasCauseInstanceOf(AdapterFault.class);
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pids).strip())))
                .isEmpty();
    }

    @Test
    void givesHostsAndVariablesInAFileAndNothingOfThisMachine() throws Exception {
        var kept = folder.resolve("kept");
        var program = program("mkdir " + kept + "; cp -r . " + kept + "; env >" + kept + "/env; echo \"$@\" >" + kept
                + "/arguments; exit 7");
        assertPermanent(
                () -> ansible(program, folder.resolve("key"))
                        .play(Playbook.ROLL_OUT, machines, Map.of("fence", "7"), true, PATIENCE),
                "ended with 7");

        assertThat(Files.readString(kept.resolve("arguments")))
                .isEqualTo("--inventory hosts.json --check --diff roll-out.yml\n");
        var all =
                new ObjectMapper().readTree(kept.resolve("hosts.json").toFile()).path("all");
        assertThat(all.path("hosts").path("localhost_1").path("ansible_host").asText())
                .isEqualTo("192.0.2.1");
        assertThat(all.path("hosts")
                        .path("localhost_1")
                        .path("packages")
                        .path(0)
                        .asText())
                .isEqualTo("a=1");
        assertThat(all.path("hosts").path("all_2").path("ansible_host").asText())
                .isEqualTo("2001:db8::2");
        assertThat(all.path("vars").path("fence").asText()).isEqualTo("7");
        assertThat(all.path("vars").path("patchboard_become").asBoolean()).isTrue();
        assertThat(Files.readString(kept.resolve("ssh_config")))
                .contains("StrictHostKeyChecking yes", "UserKnownHostsFile \"" + folder + "/known hosts\"");
        assertThat(Files.readAllLines(kept.resolve("env")).stream()
                        .map(line -> line.substring(0, line.indexOf('=')))
                        .toList())
                .contains("ANSIBLE_CONFIG", "HOME", "PATH")
                .doesNotContain("USER", "SSH_AUTH_SOCK", "JAVA_HOME");
    }

    private Run play(String program, Duration patience) {
        return ansible(program, folder.resolve("key")).play(Playbook.GATHER, machines, Map.of(), false, patience);
    }

    private Ansible ansible(String program, @Nullable Path key) {
        return new Ansible(
                new AnsibleSettings(program, 5, null),
                new SshSettings("patchboard", key, folder.resolve("known hosts"), Duration.ofSeconds(3)));
    }

    private String program(String script) throws IOException {
        var file = folder.resolve("ansible-playbook");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static void assertPermanent(org.assertj.core.api.ThrowableAssert.ThrowingCallable deed, String words) {
        Consumer<AdapterFault> permanent =
                fault -> assertThat(fault.isPermanent()).isTrue();
        assertThatThrownBy(deed)
                .isInstanceOfSatisfying(AdapterFault.class, permanent)
                .hasMessageContaining(words);
    }
}
