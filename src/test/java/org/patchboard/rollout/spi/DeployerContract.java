package org.patchboard.rollout.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.Order;
import org.patchboard.rollout.spi.Deployer.RebootPolicy;
import org.patchboard.rollout.spi.Deployer.State;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.Deployer.Target;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Host;

/**
 * What every deployer promises; the sentences of {@link Deployer} as tests. An adapter's test supplies the adapter, two
 * hosts that can be reached and have the old version, and one that cannot be reached.
 */
public abstract class DeployerContract {

    private static final String DIGEST = "0".repeat(64);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    protected abstract Deployer deployer();

    /** Two hosts that can be reached and have the old version at the start of each test. */
    protected abstract List<Host> hosts();

    /** A host that cannot be reached. */
    protected abstract Host unreachable();

    protected abstract Step oldStep();

    protected abstract Step newStep();

    /** The version the host really has; empty when only a person could say. */
    protected abstract Optional<String> installed(Host host);

    /** When the product says what became of the hosts. */
    protected enum Answer {
        AT_ONCE,
        /** It hands the order on; whoever carries it out answers by another way, so it never says that a host is done. */
        LATER
    }

    protected Answer answers() {
        return Answer.AT_ONCE;
    }

    @Test
    void hasAName() {
        assertThat(deployer().product()).isNotBlank();
    }

    @Test
    void knowsNothingOfAnOrderItNeverGot() {
        assertThat(deployer().lookUp(order(Action.INSTALL, hosts(), newStep()))).isEmpty();
    }

    @Test
    void answersForEveryHostOfTheOrderAndForNoOther() {
        var report = deployer().carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE);
        assertThat(report.hosts().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        hosts().stream().map(Host::asset).toList());
        assertThat(report.log()).isNotBlank();
    }

    @Test
    void installsTheExactVersion() {
        var report = deployer().carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE);
        for (var host : hosts()) {
            assertThat(report.hosts().get(host.asset()).state()).isEqualTo(success());
            installed(host)
                    .ifPresent(
                            version -> assertThat(version).isEqualTo(newStep().version()));
        }
    }

    @Test
    void changesNothingInADryRun() {
        var report = deployer().carryOut(order(Action.DRY_RUN, hosts(), newStep()), PATIENCE);
        for (var host : hosts()) {
            assertThat(report.hosts().get(host.asset()).state()).isEqualTo(State.DONE);
            installed(host)
                    .ifPresent(
                            version -> assertThat(version).isEqualTo(oldStep().version()));
        }
    }

    @Test
    void putsTheOldVersionBack() {
        deployer().carryOut(order(Action.INSTALL, hosts(), newStep()), PATIENCE);
        var report = deployer().carryOut(order(Action.BACK_OUT, hosts(), oldStep()), PATIENCE);
        for (var host : hosts()) {
            assertThat(report.hosts().get(host.asset()).state()).isEqualTo(success());
            installed(host)
                    .ifPresent(
                            version -> assertThat(version).isEqualTo(oldStep().version()));
        }
    }

    @Test
    void givesTheSameAnswerWhenAnOrderIsRepeated() {
        var order = order(Action.INSTALL, hosts(), newStep());
        var first = deployer().carryOut(order, PATIENCE);
        var second = deployer().carryOut(order, PATIENCE);
        for (var host : hosts()) {
            assertThat(second.hosts().get(host.asset()).state())
                    .isEqualTo(first.hosts().get(host.asset()).state());
        }
    }

    @Test
    void remembersAnOrderByItsKeyOnceItHasAnswered() {
        var order = order(Action.INSTALL, hosts(), newStep());
        var report = deployer().carryOut(order, PATIENCE);
        var remembered = deployer().lookUp(order);
        if (answers() == Answer.LATER) {
            assertThat(remembered).as("nothing is known before the answer").isEmpty();
            return;
        }
        for (var host : hosts()) {
            assertThat(remembered.orElseThrow().hosts().get(host.asset()).state())
                    .isEqualTo(report.hosts().get(host.asset()).state());
        }
    }

    @Test
    void tellsAHostItCannotReachFromOneThatFailed() {
        var lost = unreachable();
        var fine = hosts().get(0);
        var report = deployer().carryOut(order(Action.INSTALL, List.of(fine, lost), newStep()), PATIENCE);
        assertThat(report.hosts().get(lost.asset()).state())
                .isEqualTo(answers() == Answer.LATER ? State.AWAITS_PERSON : State.UNREACHABLE);
        assertThat(report.hosts().get(lost.asset()).detail()).isNotBlank();
        assertThat(report.hosts().get(fine.asset()).state()).isEqualTo(success());
    }

    private State success() {
        return answers() == Answer.LATER ? State.AWAITS_PERSON : State.DONE;
    }

    /** A new order under a key of its own. */
    protected Order order(Action action, List<Host> hosts, Step step) {
        var random = ThreadLocalRandom.current();
        var change = new ChangeId("CHG-9" + random.nextLong(100_000_000L, 999_999_999L));
        var key = "%s:1:1:%s:1:1".formatted(change, action);
        var targets =
                hosts.stream().map(host -> new Target(host, List.of(step))).toList();
        return new Order(
                key,
                change,
                1,
                1,
                DIGEST,
                action,
                targets,
                RebootPolicy.NEVER,
                random.nextLong(1, 1_000_000),
                release(change, action, hosts));
    }

    private static Release release(ChangeId change, Action action, List<Host> hosts) {
        return new Release(
                UUID.randomUUID(),
                change,
                1,
                1,
                DIGEST,
                action,
                1,
                hosts.stream().map(Host::asset).collect(Collectors.toSet()),
                Instant.EPOCH,
                Instant.parse("2100-01-01T00:00:00Z"),
                "header.payload.signature");
    }

    @Test
    void isGivenNoOrderThatGoesBeyondItsRelease() {
        var order = order(Action.DRY_RUN, hosts().subList(0, 1), newStep());
        var both = hosts().stream()
                .map(host -> new Target(host, List.of(newStep())))
                .toList();
        assertThatThrownBy(() -> new Order(
                        order.key(),
                        order.change(),
                        1,
                        1,
                        DIGEST,
                        Action.DRY_RUN,
                        both,
                        RebootPolicy.NEVER,
                        order.fence(),
                        order.release()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("which its release does not");
        assertThatThrownBy(() -> new Order(
                        order.key(),
                        order.change(),
                        1,
                        1,
                        DIGEST,
                        Action.INSTALL,
                        order.targets(),
                        RebootPolicy.NEVER,
                        order.fence(),
                        order.release()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beyond its release");
    }
}
