package org.patchboard.rollout.adapter.ansible;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.ansible.Ansible;
import org.patchboard.ansible.AnsibleSettings;
import org.patchboard.ansible.SshSettings;
import org.patchboard.hosts.DebianHosts;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.HostResult;
import org.patchboard.rollout.spi.Deployer.Order;
import org.patchboard.rollout.spi.Deployer.RebootPolicy;
import org.patchboard.rollout.spi.Deployer.Report;
import org.patchboard.rollout.spi.Deployer.State;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.DeployerContract;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.Host;
import org.patchboard.shared.Sha256;

/** On real Debian hosts, with the real {@code ansible-playbook}. */
class AnsibleDeployerTest extends DeployerContract {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static DebianHosts debian;

    @BeforeAll
    static void rootOnDebian() {
        DebianHosts.assumeAvailable();
        debian = DebianHosts.shared();
    }

    @BeforeEach
    void oldVersionEverywhere() {
        for (var name : List.of("web1", "web2")) {
            debian.mendInstalls(name);
            debian.wantsReboot(name, false);
            debian.purge(name, "pslow", "preboot");
            debian.install(name, "pdemo", "1.0");
        }
    }

    @Override
    protected Deployer deployer() {
        return deployer(debian.privateKeyFile(), debian.knownHostsFile());
    }

    private static Deployer deployer(@Nullable Path key, @Nullable Path known) {
        return new AnsibleDeployer(new Ansible(
                new AnsibleSettings("ansible-playbook", 5, null),
                new SshSettings("root", key, known, Duration.ofSeconds(15))));
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
    protected Step oldStep() {
        return new Step("deb", "pdemo", "1.0");
    }

    @Override
    protected Step newStep() {
        return new Step("deb", "pdemo", "1.1");
    }

    @Override
    protected Optional<String> installed(Host host) {
        return Optional.of(debian.dpkgVersion(host.name(), "pdemo"));
    }

    @Test
    void callsAHalfConfiguredPackageFailedWithItsOwnWordsAndBacksItOut() {
        debian.breakInstalls("web2");
        var report = deployer().carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE);

        assertThat(result(report, hosts().get(0)).state()).isEqualTo(State.DONE);
        var broken = result(report, hosts().get(1));
        assertThat(broken.state()).isEqualTo(State.FAILED);
        assertThat(broken.detail())
                .contains("pdemo: cannot migrate its data")
                .contains("dpkg: error processing package pdemo")
                .contains("pdemo 1.1 (dpkg: iF)");
        assertThat(debian.dpkgStatus("web2", "pdemo")).isEqualTo("iF");

        var back = deployer().carryOut(order(Action.BACK_OUT, hosts(), oldStep()), PATIENCE);
        for (var host : hosts()) {
            assertThat(result(back, host).state()).isEqualTo(State.DONE);
            assertThat(debian.dpkgVersion(host.name(), "pdemo")).isEqualTo("1.0");
            assertThat(debian.dpkgStatus(host.name(), "pdemo")).isEqualTo("ii");
        }
    }

    @Test
    void keepsTheConfigurationAnAdministratorChanged() {
        debian.write("web1", "/etc/pdemo.conf", "version = mine\n");
        try {
            var host = debian.host("web1");
            var report = deployer().carryOut(order(Action.INSTALL, List.of(host), newStep()), PATIENCE);
            assertThat(result(report, host).state()).isEqualTo(State.DONE);
            assertThat(debian.read("web1", "/etc/pdemo.conf")).isEqualTo("version = mine\n");
        } finally {
            debian.purge("web1", "pdemo");
        }
    }

    @Test
    void doesNotPutAnOlderVersionInPlaceUnlessItBacksOut() {
        debian.install("web1", "pdemo", "1.1");
        var host = debian.host("web1");
        var report = deployer().carryOut(order(Action.INSTALL, List.of(host), oldStep()), PATIENCE);
        assertThat(result(report, host).state()).isEqualTo(State.FAILED);
        assertThat(debian.dpkgVersion("web1", "pdemo")).isEqualTo("1.1");
    }

    @Test
    void restartsAHostThatAsksForItOnceAndTellsOfOneThatMayNotRestart() {
        var step = new Step("deb", "preboot", "1.1");
        var before = debian.booted("web1");

        var never = order(Action.INSTALL, List.of(debian.host("web1")), step);
        var told = result(deployer().carryOut(never, PATIENCE), debian.host("web1"));
        assertThat(told.state()).isEqualTo(State.DONE);
        assertThat(told.rebootPending()).isTrue();
        assertThat(debian.booted("web1")).isEqualTo(before);

        var allowed = restarting(order(Action.INSTALL, List.of(debian.host("web1")), step), RebootPolicy.IF_REQUIRED);
        var done = result(deployer().carryOut(allowed, PATIENCE), debian.host("web1"));
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.rebootPending()).isFalse();
        var after = debian.booted("web1");
        assertThat(after).isNotEqualTo(before);

        debian.wantsReboot("web1", true);
        deployer().carryOut(allowed, PATIENCE);
        assertThat(debian.booted("web1")).isEqualTo(after);
        debian.wantsReboot("web1", false);
    }

    @Test
    void aNodeThatWasTakenOverFromAndARepeatedOrderChangeNothing() {
        var host = debian.host("web1");
        var order = fenced(order(Action.INSTALL, List.of(host), newStep()), 20);
        deployer().carryOut(order, PATIENCE);
        assertThat(debian.read("web1", "/var/lib/patchboard/orders/" + Sha256.hex(order.key()) + ".done"))
                .startsWith("{\"change\":\"" + order.change() + "\"")
                .contains("\"action\":\"INSTALL\"", order.digest());
        debian.install("web1", "pdemo", "1.0");

        var stale = result(deployer().carryOut(fenced(order, 19), PATIENCE), host);
        assertThat(stale.state()).isEqualTo(State.FAILED);
        assertThat(stale.detail()).contains("fence 19 is stale");

        var again = result(deployer().carryOut(fenced(order, 21), PATIENCE), host);
        assertThat(again.state()).isEqualTo(State.FAILED);
        assertThat(again.detail()).contains("somebody has changed the packages since");
        assertThat(debian.dpkgVersion("web1", "pdemo")).isEqualTo("1.0");
    }

    @Test
    void wantsOneRestartForAnOrderEvenIfItIsInterruptedInBetween() throws Exception {
        var script = Ansible.class.getResourceAsStream("host/restart-wanted.sh");
        debian.run("web2", "mkdir", "-p", "/var/lib/patchboard/orders");
        debian.write("web2", "/srv/wanted.sh", new String(script.readAllBytes(), StandardCharsets.UTF_8));
        assertThat(debian.run("web2", "sh", "/srv/wanted.sh", "k1", "IF_REQUIRED"))
                .isEmpty();
        assertThat(debian.run("web2", "sh", "/srv/wanted.sh", "k1", "ALWAYS")).isEqualTo("restart\n");
        assertThat(debian.run("web2", "sh", "/srv/wanted.sh", "k1", "ALWAYS")).isEqualTo("restart\n");
        debian.write("web2", "/var/lib/patchboard/orders/k1.boot", "an earlier one\n");
        assertThat(debian.run("web2", "sh", "/srv/wanted.sh", "k1", "ALWAYS")).isEmpty();
    }

    @Test
    void callsAHostWithoutAResultInTimeFailed() {
        debian.install("web1", "pslow", "1.0");
        var slow = debian.host("web1");
        var order = order(Action.INSTALL, List.of(slow), new Step("deb", "pslow", "1.1"));

        var result = result(deployer().carryOut(order, Duration.ofSeconds(4)), slow);

        assertThat(result.state()).isEqualTo(State.FAILED);
        assertThat(result.detail()).contains("no result in time").contains("may still be at work");
        debian.attempt("web1", "pkill", "apt-get");
        debian.attempt("web1", "pkill", "sleep");
    }

    @Test
    void callsAKeyEveryHostRefusesAPermanentFault() {
        var stranger = deployer(debian.wrongPrivateKeyFile(), debian.knownHostsFile());
        assertThatThrownBy(() -> stranger.carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE))
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isTrue())
                .hasMessageContaining("every host refuses the key");
    }

    @Test
    void saysWhatWouldBeDoneAndKeepsThePackageManagersWords() {
        var host = debian.host("web1");
        var rehearsal = deployer().carryOut(order(Action.DRY_RUN, List.of(host), newStep()), PATIENCE);
        assertThat(result(rehearsal, host).detail())
                .contains("Inst pdemo [1.0] (1.1")
                .contains("pdemo 1.0 (dpkg: ii)");
        assertThat(rehearsal.log()).contains("== web1: package manager");

        var unknown = new Step("deb", "pdemo", "9.9");
        var mirror = "/etc/apt/sources.list.d/away.list";
        debian.write("web1", mirror, "deb [trusted=yes] http://127.0.0.1:9/ ./\n");
        var refused = deployer().carryOut(order(Action.DRY_RUN, List.of(host), unknown), PATIENCE);
        debian.run("web1", "rm", mirror);
        assertThat(result(refused, host).state()).isEqualTo(State.FAILED);
        assertThat(result(refused, host).detail())
                .contains("no available installation candidate")
                .contains("list of packages: ");
    }

    @Test
    void doesNotSpeakToAHostWhoseKeyIsNotKnown() {
        var report = deployer(debian.privateKeyFile(), Path.of("/dev/null"))
                .carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE);
        for (var host : hosts()) {
            assertThat(result(report, host).state()).isEqualTo(State.UNREACHABLE);
            assertThat(result(report, host).detail()).contains("known hosts");
            assertThat(debian.dpkgVersion(host.name(), "pdemo")).isEqualTo("1.0");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deb | pdemo;reboot                         | 1.1
            deb | -oDebug::NoLocking=true              | 1.1
            deb | {{ lookup('pipe','touch /tmp/pwn') }}| 1.1
            deb | pdemo                                | {{ lookup('pipe','touch /tmp/pwn') }}
            deb | pdemo                                | 1.1 --force-yes
            deb | pdemo                                | $(reboot)
            rpm | pdemo                                | 1.1
            """)
    void refusesWordsThatAreNoPackageAndNoVersion(String ecosystem, String name, String version) {
        var order = order(Action.INSTALL, hosts(), new Step(ecosystem, name, version));
        assertThatThrownBy(() -> deployer().carryOut(order, PATIENCE))
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isTrue());
    }

    private static HostResult result(Report report, Host host) {
        return Objects.requireNonNull(report.hosts().get(host.asset()));
    }

    private static Order restarting(Order order, RebootPolicy policy) {
        return new Order(
                order.key(),
                order.change(),
                order.revision(),
                order.ring(),
                order.digest(),
                order.action(),
                order.targets(),
                policy,
                order.fence(),
                order.release());
    }

    private static Order fenced(Order order, long fence) {
        return new Order(
                order.key(),
                order.change(),
                order.revision(),
                order.ring(),
                order.digest(),
                order.action(),
                order.targets(),
                order.reboot(),
                fence,
                order.release());
    }
}
