package org.patchboard.scanning.adapter.dpkg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.hosts.DebianHosts;
import org.patchboard.scanning.spi.PackageProbe;
import org.patchboard.scanning.spi.PackageProbeContract;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;

/** On real Debian hosts. */
class DpkgProbeTest extends PackageProbeContract {

    private static DebianHosts debian;

    @BeforeAll
    static void rootOnDebian() {
        DebianHosts.assumeAvailable();
        debian = DebianHosts.shared();
    }

    @BeforeEach
    void aKnownState() {
        for (var name : List.of("web1", "web2")) {
            debian.mendInstalls(name);
            debian.wantsReboot(name, false);
            debian.purge(name, "pslow");
            debian.install(name, "pdemo", "1.0");
        }
    }

    @Override
    protected PackageProbe probe() {
        return probe(debian.privateKeyFile(), debian.knownHostsFile());
    }

    private static PackageProbe probe(Path key, Path known) {
        return new DpkgProbe(new SshSettings("root", key, known, Duration.ofSeconds(3)));
    }

    @Override
    protected List<Host> hosts() {
        return List.of(debian.host("web1"), debian.host("web2"));
    }

    @Override
    protected Host unreachable() {
        return debian.nobody();
    }

    @Override
    protected String installed() {
        return "pdemo";
    }

    @Override
    protected String version() {
        return "1.0";
    }

    @Override
    protected String absent() {
        return "pslow";
    }

    @Test
    void doesNotCallAHalfConfiguredPackageComplete() {
        debian.attempt("web1", "apt-get", "install", "-qq", "-y", "pdemo=1.2");
        var seen = probe().look(List.of(debian.host("web1")), Set.of("pdemo"), PATIENCE)
                .seen()
                .get(0);
        assertThat(seen.version()).isEqualTo("1.2");
        assertThat(seen.complete()).isFalse();
        assertThat(seen.detail()).contains("iF");
    }

    @Test
    void doesNotTakeLeftConfigurationForAnInstalledPackage() {
        debian.install("web1", "pslow", "1.0");
        debian.run("web1", "dpkg", "--remove", "pslow");
        var seen = probe().look(List.of(debian.host("web1")), Set.of("pslow"), PATIENCE)
                .seen()
                .get(0);
        assertThat(seen.version()).isNull();
        assertThat(seen.detail()).contains("rc");
    }

    @Test
    void tellsOfAHostThatWaitsForARestart() {
        debian.wantsReboot("web2", true);
        assertThat(probe().look(hosts(), Set.of("pdemo"), PATIENCE).seen())
                .filteredOn(PackageProbe.Seen::rebootPending)
                .extracting(seen -> seen.host().name())
                .containsExactly("web2");
    }

    @Test
    void looksAtManyHostsSomeAtATime() {
        var many = new ArrayList<Host>();
        for (var i = 1; i <= 20; i++) {
            many.add(debian.host("web" + (1 + i % 2), new AssetId(1000 + i)));
        }
        var sight = probe().look(many, Set.of("pdemo"), PATIENCE);
        assertThat(sight.unreachable()).isEmpty();
        assertThat(sight.seen()).extracting(PackageProbe.Seen::host).containsExactlyElementsOf(many);
    }

    @Test
    void givesUpOnAHostThatDoesNotAnswerInTime() {
        debian.write("web1", "/usr/local/bin/dpkg-query", "#!/bin/sh\nsleep 30\n");
        debian.run("web1", "chmod", "755", "/usr/local/bin/dpkg-query");
        try {
            var sight = probe().look(hosts(), Set.of("pdemo"), Duration.ofSeconds(2));
            assertThat(sight.unreachable())
                    .extracting(lost -> lost.host().name())
                    .containsExactly("web1");
            assertThat(sight.seen()).extracting(seen -> seen.host().name()).containsExactly("web2");
        } finally {
            debian.run("web1", "rm", "/usr/local/bin/dpkg-query");
        }
    }

    @Test
    void callsAKeyEveryHostRefusesAPermanentFault() {
        var stranger = probe(debian.wrongPrivateKeyFile(), debian.knownHostsFile());
        assertThatThrownBy(() -> stranger.look(hosts(), Set.of("pdemo"), PATIENCE))
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isTrue())
                .hasMessageContaining("every host refuses the key");
    }

    @Test
    void doesNotSpeakToAHostWithAnotherKeyThanTheOneKnown(@TempDir Path folder) throws Exception {
        var lines = Files.readAllLines(debian.knownHostsFile());
        var first = lines.get(0).split(" ", 3);
        var second = lines.get(1).split(" ", 3);
        var swapped = folder.resolve("known_hosts");
        Files.writeString(swapped, first[0] + " " + second[1] + " " + second[2] + "\n" + lines.get(1) + "\n");

        var sight = probe(debian.privateKeyFile(), swapped).look(hosts(), Set.of("pdemo"), PATIENCE);

        assertThat(sight.seen()).extracting(seen -> seen.host().name()).containsExactly("web2");
        assertThat(sight.unreachable().get(0).why()).contains("known hosts");
    }

    @Test
    void saysWhichSettingIsWrong(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() ->
                        probe(folder.resolve("none"), debian.knownHostsFile()).look(hosts(), Set.of("pdemo"), PATIENCE))
                .isInstanceOf(AdapterFault.class)
                .hasMessageContaining("patchboard.ssh.private-key");
        var noKey = Files.writeString(folder.resolve("text"), "hello");
        assertThatThrownBy(() -> probe(noKey, debian.knownHostsFile()).look(hosts(), Set.of("pdemo"), PATIENCE))
                .isInstanceOf(AdapterFault.class)
                .hasMessageContaining("patchboard.ssh.private-key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pdemo;reboot", "$(id)", "-W", "--admindir=/tmp", "pdemo\nreboot", "a b", "*", ""})
    void refusesWordsThatAreNoPackage(String name) {
        assertThatThrownBy(() -> probe().look(hosts(), Set.of(name), PATIENCE))
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isTrue());
    }
}
