package org.patchboard.rollout.adapter.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.State;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.DeployerContract;
import org.patchboard.scanning.spi.PackageProbe;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class SimulatorDeployerTest extends DeployerContract {

    @Autowired
    SimulatorDeployer simulator;

    @Autowired
    List<PackageProbe> probes;

    @Autowired
    JdbcClient jdbc;

    private final long first = ThreadLocalRandom.current().nextLong(1_000_000_000L, Long.MAX_VALUE / 2);
    private final List<Host> hosts = List.of(host(0, "sim-a"), host(1, "sim-b"));

    @BeforeEach
    void startWithTheOldVersion() {
        simulator.carryOut(order(Action.INSTALL, hosts, oldStep()), Duration.ofMinutes(1));
    }

    @Test
    void failsABrokenHostAndPutsItBack() {
        var broken = host(2, "sim-broken");
        assertThat(install(broken)).isEqualTo(State.FAILED);
        assertThat(carryOut(Action.BACK_OUT, broken, oldStep())).isEqualTo(State.DONE);
        assertThat(carryOut(Action.BACK_OUT, host(3, "sim-stuck"), oldStep())).isEqualTo(State.FAILED);
    }

    @Test
    void saysThatItIsASimulator() {
        var report = simulator.carryOut(order(Action.INSTALL, hosts, newStep()), Duration.ofMinutes(1));
        assertThat(report.log()).startsWith("SIMULATOR");
        assertThat(report.hosts().values())
                .allSatisfy(result -> assertThat(result.detail()).startsWith("simulated"));
    }

    private State install(Host host) {
        return carryOut(Action.INSTALL, host, newStep());
    }

    private State carryOut(Action action, Host host, Step step) {
        return simulator
                .carryOut(order(action, List.of(host), step), Duration.ofMinutes(1))
                .hosts()
                .get(host.asset())
                .state();
    }

    private Host host(int offset, String name) {
        return new Host(new AssetId(first + offset), name, "192.0.2.7");
    }

    @Override
    protected Deployer deployer() {
        return simulator;
    }

    @Override
    protected List<Host> hosts() {
        return hosts;
    }

    @Override
    protected Host unreachable() {
        return host(9, "sim-unreachable");
    }

    @Override
    protected Step oldStep() {
        return new Step("deb", "openssl", "3.0.11-1");
    }

    @Override
    protected Step newStep() {
        return new Step("deb", "openssl", "3.0.15-1");
    }

    /** As the simulator's probe sees it, which shares no code with the deployer. */
    @Override
    protected Optional<String> installed(Host host) {
        var probe = probes.stream()
                .filter(it -> it.product().equals("simulator"))
                .findFirst()
                .orElseThrow();
        var sight = probe.look(List.of(host), Set.of("openssl"), Duration.ofSeconds(5));
        return Optional.ofNullable(sight.seen().get(0).version());
    }
}
