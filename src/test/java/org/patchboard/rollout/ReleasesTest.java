package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.engine.ReleaseSigner;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** No adapter hears of an order whose release is forged, over, of another attempt or about other hosts (law 1). */
@PatchboardTest
class ReleasesTest {

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
    Releases releases;

    @Autowired
    ReleaseSigner signer;

    @Autowired
    BatchRecords records;

    @Autowired
    KillSwitch killSwitch;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PlatformTransactionManager transactions;

    private final Listening deployer = new Listening();
    private HostWorkByHand work;
    private Estate estate;

    @BeforeEach
    void makeAnEstate() {
        work = new HostWorkByHand(context);
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a", "b");
    }

    /** Counts what reaches it, looking up included. */
    private static final class Listening implements Deployer {
        final List<Order> heard = new ArrayList<>();

        @Override
        public String product() {
            return "simulator";
        }

        @Override
        public Optional<Report> lookUp(Order order) {
            heard.add(order);
            return Optional.empty();
        }

        @Override
        public Report carryOut(Order order, Duration patience) {
            var hosts = new HashMap<AssetId, HostResult>();
            order.targets()
                    .forEach(target -> hosts.put(target.host().asset(), new HostResult(State.DONE, false, "done")));
            return new Report(hosts, "log");
        }
    }

    private ChangeId released() {
        var change = estate.change(people.someone("patch-coordinator"));
        plans.cut(change);
        estate.gate(change, 1, true);
        return change;
    }

    private ChangeId ordered() {
        var change = released();
        rollouts.orderRing(change, 1);
        return change;
    }

    private void runBatch(ChangeId change) {
        var piece = work.queued(change).get(0);
        new HostBatches(records, List.of(deployer), Duration.ofMinutes(30)).carryOut(work.pick(piece));
    }

    private String token(ChangeId change) {
        return jdbc.sql("select token from release_token where change_id = ?")
                .param(change.value())
                .query(String.class)
                .single();
    }

    private void tamper(ChangeId change, String token) {
        jdbc.sql("update release_token set token = ? where change_id = ?")
                .params(token, change.value())
                .update();
    }

    private void assertNothingWasDone(ChangeId change, String why) {
        assertThat(deployer.heard).isEmpty();
        var ring = rings.find(change, 1, 1).orElseThrow();
        assertThat(ring.state()).isEqualTo("halted");
        assertThat(ring.stoppedWhy()).contains(why);
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("planned");
        assertThat(jdbc.sql("select content from audit_entry where change_id = ? and action = 'release-refused'")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .contains(why);
    }

    private static String payload(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    }

    private static String withPayload(String token, String payload) {
        var parts = token.split("\\.");
        return parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(StandardCharsets.UTF_8)) + "."
                + parts[2];
    }

    @Test
    void anOrderCarriesTheReleaseThatTheGateSigned() {
        var change = ordered();
        runBatch(change);
        var release = deployer.heard.get(0).release();
        assertThat(release.token()).isEqualTo(token(change));
        assertThat(release.targets()).containsExactlyInAnyOrder(estate.asset("a"), estate.asset("b"));
        assertThat(release.notAfter())
                .isEqualTo(estate.windowEnd(change).truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        assertThat(payload(token(change)))
                .contains("\"action\":\"install\"", "\"attempt\":1", "\"change\":\"" + change);
        assertThat(rings.find(change, 1, 1).orElseThrow().state()).isEqualTo("passed");
    }

    @Test
    void refusesAReleaseWhoseWordsWereChanged() {
        var change = ordered();
        var token = token(change);
        tamper(change, withPayload(token, payload(token).replace("\"attempt\":1", "\"attempt\":2")));
        runBatch(change);
        assertNothingWasDone(change, "not signed by this installation");
    }

    @Test
    void refusesAReleaseSignedWithAnotherKey() throws Exception {
        var change = ordered();
        var parts = token(change).split("\\.");
        var stranger = Signature.getInstance("Ed25519");
        stranger.initSign(
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
        stranger.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        tamper(
                change,
                parts[0] + "." + parts[1] + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(stranger.sign()));
        runBatch(change);
        assertNothingWasDone(change, "not signed by this installation");
    }

    @Test
    void refusesAReleaseThatSaysItNeedsNoSignature() {
        var change = ordered();
        var none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        tamper(change, none + "." + token(change).split("\\.")[1] + ".");
        runBatch(change);
        assertNothingWasDone(change, "not signed by this installation");
    }

    @Test
    void refusesWhatIsNoReleaseAtAll() {
        for (var nonsense : List.of("", "a.b", "a.b.c", "e30.e30.e30", "....")) {
            assertThat(releases.check(
                                    nonsense,
                                    OrderKey.parse("CHG-000001:1:1:install:1:1"),
                                    "d",
                                    Releases.ROLLOUT,
                                    List.of())
                            .against())
                    .as(nonsense)
                    .containsExactly("its release is not signed by this installation");
        }
    }

    @Test
    void refusesTheReleaseOfAnotherChange() {
        var one = ordered();
        var other = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a");
        var second = other.change(people.someone("patch-coordinator"));
        plans.cut(second);
        other.gate(second, 1, true);
        tamper(one, token(second));
        runBatch(one);
        assertNothingWasDone(one, "its release is for change " + second);
    }

    @Test
    void refusesHostsThatTheReleaseDoesNotName() {
        var change = ordered();
        var strange = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "x")
                .asset("x");
        jdbc.sql("update host_order set assets = assets || ? where change_id = ?")
                .params(strange.value(), change.value())
                .update();
        runBatch(change);
        assertNothingWasDone(change, "does not name 1 of the hosts");
    }

    @Test
    void startsNothingUnderAReleaseThatIsOver() {
        var change = ordered();
        var end = estate.windowEnd(change);
        jdbc.sql("update booking set ends_at = ends_at + interval '1 day' where change_id = ?")
                .param(change.value())
                .update();
        clock.set(end.plusSeconds(1));
        runBatch(change);
        assertThat(deployer.heard).isEmpty();
        assertThat(rings.hosts(change, 1, 1).get(0).detail()).contains("its release ended");
    }

    @Test
    void looksUpButDoesNotRepeatWhatWasBegunUnderAReleaseThatIsOver() {
        var change = ordered();
        var piece = work.queued(change).get(0);
        records.claim(OrderKey.parse(piece.instance()), work.pick(piece));
        clock.set(estate.windowEnd(change).plusSeconds(1));
        runBatch(change);
        assertThat(deployer.heard).as("looked up once").hasSize(1);
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("planned");
    }

    @Test
    void aReleaseIsGoodForOneAttemptOnly() {
        var change = ordered();
        work.runAll(change);
        jdbc.sql("update ring_host set state = 'failed' where change_id = ?")
                .param(change.value())
                .update();
        assertThatThrownBy(() -> rings.order(change, 1, 1, Action.INSTALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no release for attempt 2");
    }

    @Test
    void aReleaseFromBeforeItsTimeOpensNothing() {
        var change = released();
        clock.forward(Duration.ofSeconds(1));
        var now = clock.instant();
        signer.forRing(change, 1, 1, now.plus(Duration.ofHours(1)), now.plus(Duration.ofHours(2)));
        assertThatThrownBy(() -> rings.order(change, 1, 1, Action.INSTALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("begins at");
    }

    @Test
    void theDatabaseTakesNoOrderWithoutAReleaseForExactlyThis() {
        var change = released();
        assertThatThrownBy(() -> order(change, null)).isInstanceOf(DataIntegrityViolationException.class);
        var release = jdbc.sql("select id::text from release_token where change_id = ?")
                .param(change.value())
                .query(String.class)
                .single();
        jdbc.sql("update ballot set outcome = 'void' where change_id = ?")
                .param(change.value())
                .update();
        assertThatThrownBy(() -> order(change, release))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("without an approval");
    }

    private void order(ChangeId change, String release) {
        jdbc.sql("""
                        insert into host_order (id, change_id, revision, ring, action, attempt, batch, deployer, digest,
                                                assets, release, state, at)
                        select gen_random_uuid(), change_id, revision, number, 'install', 1, 77, deployer, digest,
                               array[1::bigint], cast(? as uuid), 'intended', now()
                          from ring where change_id = ?""").params(java.util.Arrays.asList(release, change.value())).update();
    }

    @Test
    void theWayBackHasAReleaseOfItsOwn() {
        var change = ordered();
        work.runAll(change);
        clock.set(estate.windowEnd(change).plus(Duration.ofHours(1)));
        rollouts.orderBackOut(change, 1);
        work.runAll(change);
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("backed-out");
    }

    @Test
    void theKillSwitchStopsWhatHasNotBegun() {
        var change = ordered();
        killSwitch.pull("a bad build is out", Actor.person("ona"));
        try {
            runBatch(change);
            assertThat(deployer.heard).isEmpty();
            assertThat(rings.hosts(change, 1, 1).get(0).detail()).contains("stopped by ona", "a bad build is out");
            assertThatThrownBy(() -> killSwitch.pull("again", Actor.person("ivo")))
                    .isInstanceOf(Refusal.class);
            assertThatThrownBy(() -> killSwitch.lift("never mind", Actor.person("ona")))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("somebody else");
        } finally {
            killSwitch.lift("the build was withdrawn", Actor.person("maya"));
        }
        assertThat(killSwitch.inForce()).isEmpty();
        assertThat(killSwitch.all().get(0).liftedBy()).isEqualTo("maya");
    }

    @Test
    void theKillSwitchLeavesTheWayBackOpen() {
        var change = ordered();
        work.runAll(change);
        killSwitch.pull("a bad build is out", Actor.person("ona"));
        try {
            rollouts.orderBackOut(change, 1);
            work.runAll(change);
            assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("backed-out");
        } finally {
            killSwitch.lift("over", Actor.person("maya"));
        }
    }

    @Test
    void onlyWhatThisInstallationSignedIsKept() {
        var change = released();
        var claims = new TransactionTemplate(transactions)
                .execute(status -> releases.claims(
                        change,
                        1,
                        1,
                        Action.INSTALL,
                        Releases.ROLLOUT,
                        Instant.EPOCH,
                        Instant.parse("2100-01-01T00:00:00Z")));
        assertThatThrownBy(() -> releases.keep(claims, new byte[64]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not signed by this installation");
    }
}
