package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.rollout.HostWorkByHand.Piece;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A node that dies, comes back late, or meets a deployer that is down. */
@PatchboardTest
class HostBatchesTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Rings rings;

    @Autowired
    RolloutPlans plans;

    @Autowired
    Rollouts rollouts;

    @Autowired
    BatchRecords records;

    @Autowired
    JdbcClient jdbc;

    private HostWorkByHand work;
    private Estate estate;

    @BeforeEach
    void makeAnEstate() {
        work = new HostWorkByHand(context);
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator");
    }

    private ChangeId ordered() {
        var change = estate.change(people.someone("patch-coordinator"));
        plans.cut(change);
        estate.gate(change, 1, true);
        rollouts.orderRing(change, 1);
        return change;
    }

    private Ring ring(ChangeId change) {
        return rings.find(change, 1, 1).orElseThrow();
    }

    private List<String> states(ChangeId change) {
        return rings.hosts(change, 1, 1).stream().map(RingHost::state).toList();
    }

    private Piece only(ChangeId change) {
        assertThat(work.queued(change)).hasSize(1);
        return work.queued(change).get(0);
    }

    /** A deployer as the test wants it, that counts what it was asked to do. */
    private static class Scripted implements Deployer {
        final List<Order> carriedOut = new ArrayList<>();
        final Map<String, Report> known = new HashMap<>();
        RuntimeException fault;

        @Override
        public String product() {
            return "simulator";
        }

        @Override
        public Optional<Report> lookUp(Order order) {
            return Optional.ofNullable(known.get(order.key()));
        }

        @Override
        public Report carryOut(Order order, Duration patience) {
            if (fault != null) {
                throw fault;
            }
            carriedOut.add(order);
            var hosts = new HashMap<AssetId, HostResult>();
            order.targets()
                    .forEach(target -> hosts.put(target.host().asset(), new HostResult(State.DONE, false, "done")));
            var report = new Report(hosts, "log");
            known.put(order.key(), report);
            return report;
        }
    }

    private HostBatches batches(Deployer deployer) {
        return new HostBatches(records, List.of(deployer), Duration.ofMinutes(30));
    }

    @Test
    void passesARingWhoseHostsAllHaveTheNewVersion() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b");
        var change = ordered();
        assertThat(states(change)).containsOnly("ordered");
        work.runAll(change);
        assertThat(states(change)).containsOnly("installed");
        assertThat(ring(change).state()).isEqualTo("passed");
        assertThat(jdbc.sql("select log from host_order where change_id = ?")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .startsWith("SIMULATOR");
    }

    @Test
    void soaksAHealthyRingBeforeItPasses() {
        estate.ring(1, "canary", Duration.ofHours(1), 100, "a");
        var change = ordered();
        work.runAll(change);
        assertThat(ring(change).state()).isEqualTo("soaking");
        assertThat(rings.finishSoak(change, 1, 1, Optional.empty())).isTrue();
        assertThat(ring(change).state()).isEqualTo("passed");
    }

    @Test
    void haltsARingBelowItsShare() {
        estate.ring(1, "canary", Duration.ZERO, 80, "a", "b", "c-broken");
        var change = ordered();
        work.runAll(change);
        assertThat(ring(change).state()).isEqualTo("halted");
        assertThat(ring(change).stoppedWhy()).contains("2 of 3 hosts");
    }

    @Test
    void passesARingAtItsShareAlthoughOneCannotBeReached() {
        estate.ring(1, "canary", Duration.ZERO, 60, "a", "b", "c-unreachable");
        var change = ordered();
        work.runAll(change);
        assertThat(ring(change).state()).isEqualTo("passed");
        assertThat(states(change)).contains("unreachable");
    }

    @Test
    void installsNothingWithoutAnOpenGate() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = estate.change(people.someone("patch-coordinator"));
        plans.cut(change);
        assertThatThrownBy(() -> rings.order(change, 1, 1, Action.INSTALL)).isInstanceOf(IllegalStateException.class);
        estate.gate(change, 1, false);
        assertThatThrownBy(() -> rings.order(change, 1, 1, Action.INSTALL)).isInstanceOf(IllegalStateException.class);
        assertThat(work.queued(change)).isEmpty();
    }

    @Test
    void doesNotOrderTwiceWhatAnotherNodeHasFinished() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        var piece = only(change);
        batches(deployer).carryOut(work.pick(piece));
        batches(deployer).carryOut(work.pick(piece));
        assertThat(deployer.carriedOut).hasSize(1);
    }

    @Test
    void looksUpWhatANodeDidBeforeItDied() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        var piece = only(change);
        var dying = records.claim(OrderKey.parse(piece.instance()), work.pick(piece))
                .orElseThrow();
        deployer.carryOut(dying.order(), Duration.ofMinutes(1));

        batches(deployer).carryOut(work.pick(piece));
        assertThat(deployer.carriedOut).hasSize(1);
        assertThat(ring(change).state()).isEqualTo("passed");
    }

    @Test
    void recordsNothingOfANodeThatWasTakenOverFrom() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        var piece = only(change);
        var key = OrderKey.parse(piece.instance());
        var frozenClaim = work.pick(piece);
        var frozen = records.claim(key, frozenClaim).orElseThrow();
        var next = records.claim(key, work.pick(piece)).orElseThrow();
        assertThat(next.order().fence()).isGreaterThan(frozen.order().fence());

        var late = deployer.carryOut(frozen.order(), Duration.ofMinutes(1));
        assertThatThrownBy(() -> records.record(key, frozen.order(), late)).isInstanceOf(StaleWork.class);
        assertThatThrownBy(() -> records.claim(key, frozenClaim)).isInstanceOf(StaleWork.class);
        assertThat(states(change)).containsExactly("ordered");
        records.record(key, next.order(), late);
        assertThat(states(change)).containsExactly("installed");
    }

    @Test
    void triesAgainWhenTheDeployerIsDownAndHaltsTheRingWhenItStaysDown() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        deployer.fault = AdapterFault.transientFault("connection refused");
        var piece = only(change);
        for (var attempt = 1; attempt < HostWork.TRIES; attempt++) {
            assertThatThrownBy(() -> batches(deployer).carryOut(work.pick(piece)))
                    .isInstanceOf(AdapterFault.class);
            assertThat(ring(change).state()).isEqualTo("running");
            assertThat(rings.fault(ring(change))).hasValue("connection refused");
        }
        batches(deployer).carryOut(work.pick(piece));
        assertThat(ring(change).state()).isEqualTo("halted");
        assertThat(ring(change).stoppedWhy()).contains("connection refused");
        assertThat(rings.hosts(change, 1, 1).get(0).detail()).startsWith("not known");
    }

    @Test
    void haltsTheRingAtOnceWhenTheDeployerRefuses() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        deployer.fault = AdapterFault.permanentFault("key refused");
        batches(deployer).carryOut(work.pick(only(change)));
        assertThat(ring(change).state()).isEqualTo("halted");
    }

    @Test
    void givesUpABatchUnderWhichNodesKeepDying() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        var deployer = new Scripted();
        var piece = only(change);
        var key = OrderKey.parse(piece.instance());
        for (var crash = 0; crash < HostWork.TRIES; crash++) {
            records.claim(key, work.pick(piece));
        }
        batches(deployer).carryOut(work.pick(piece));
        assertThat(deployer.carriedOut).isEmpty();
        assertThat(ring(change).state()).isEqualTo("halted");
    }

    @Test
    void startsNothingAfterTheWindow() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        clock.set(estate.windowEnd(change).plusSeconds(1));
        work.runAll(change);
        assertThat(states(change)).containsExactly("planned");
        assertThat(ring(change).state()).isEqualTo("halted");
        assertThat(rings.hosts(change, 1, 1).get(0).detail()).contains("window");
    }

    @Test
    void startsNothingInARingThatAPersonHasHalted() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        rings.halt(change, 1, 1, Actor.person("ana"), "odd metrics");
        work.runAll(change);
        assertThat(states(change)).containsExactly("planned");
        assertThat(ring(change).state()).isEqualTo("halted");
    }

    @Test
    void triesOnlyTheFailedHostsAgain() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken");
        var change = ordered();
        work.runAll(change);
        estate.gate(change, 1, true);
        rings.order(change, 1, 1, Action.INSTALL);
        assertThat(states(change)).containsExactly("installed", "ordered");
        var deployer = new Scripted();
        batches(deployer).carryOut(work.pick(only(change)));
        assertThat(deployer.carriedOut.get(0).targets()).hasSize(1);
        assertThat(ring(change).state()).isEqualTo("passed");
    }

    @Test
    void ordersNothingWhileHostsAreBeingWorkedOn() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        var change = ordered();
        assertThatThrownBy(() -> rings.order(change, 1, 1, Action.BACK_OUT)).isInstanceOf(Refusal.class);
    }

    @Test
    void judgesWhatRemainsWhenHostsAreLeftOut() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken");
        var change = ordered();
        work.runAll(change);
        assertThatThrownBy(() ->
                        rings.exclude(change, 1, 1, List.of(estate.asset("a")), Actor.person("ana"), "it is installed"))
                .isInstanceOf(Refusal.class);
        rings.exclude(change, 1, 1, List.of(), Actor.person("ana"), "retired next week");
        assertThat(states(change)).containsExactly("installed", "excluded");
        assertThat(ring(change).state()).isEqualTo("passed");
    }

    @Test
    void putsBackWhatMayHaveBeenChangedAndNothingElse() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken", "c-unreachable");
        var change = ordered();
        work.runAll(change);
        rollouts.orderBackOut(change, 1);
        work.runAll(change);
        assertThat(states(change)).containsExactly("backed-out", "backed-out", "unreachable");
        assertThat(ring(change).state()).isEqualTo("backed-out");
    }

    @Test
    void cutsARingIntoBatchesAndSettlesItWithTheLast() {
        var names = new String[1_001];
        for (var i = 0; i < names.length; i++) {
            names[i] = "h" + i;
        }
        estate.ring(1, "broad", Duration.ZERO, 100, names);
        var change = ordered();
        assertThat(work.queued(change)).hasSize(2);
        work.run(work.queued(change).get(0));
        assertThat(ring(change).state()).isEqualTo("running");
        work.runAll(change);
        assertThat(ring(change).state()).isEqualTo("passed");
    }
}
