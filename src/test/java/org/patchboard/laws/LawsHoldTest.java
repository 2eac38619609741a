package org.patchboard.laws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.audit.ChainVerifier;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The laws hold after each step of what random people do in a random order: legal and illegal, by tasks, by our API and by
 * the engine's REST, while roles, freezes, hosts and the clock change under them. What is refused changes nothing, and
 * nothing ends in an error that a person is not told.
 *
 * <p>{@code -Dlaws.seed=N} begins with another seed, {@code -Dlaws.runs=N} and {@code -Dlaws.steps=N} say how far it goes,
 * {@code -Dlaws.tell=true} prints every sequence. One that breaks a law is made as short as can be done in a minute, and printed.
 */
@PatchboardTest
class LawsHoldTest {

    private static final long SEED = Long.getLong("laws.seed", 20_270_301);
    private static final int RUNS = Integer.getInteger("laws.runs", 8);
    private static final int STEPS = Integer.getInteger("laws.steps", 120);
    private static final Duration TO_SHORTEN = Duration.ofMinutes(1);

    /** A Monday, two hours before the window of the night opens. */
    private static final Instant BEGINNING = Instant.parse("2027-03-01T17:00:00Z");

    /** The kill switch is one for the whole house: no run may look into the times of another. Still a Monday. */
    private static final Duration APART = Duration.ofDays(364);

    private int started;

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TestClock clock;

    @Autowired
    ChainVerifier chains;

    @Autowired
    TransactionTemplate transaction;

    /** What was done in a run, and what broke. */
    private record Run(
            ChangeId change,
            List<String> deeds,
            int done,
            int refused,
            TreeSet<String> seen,
            Optional<String> broken) {}

    @Test
    void whateverPeopleDoInWhateverOrder() {
        var seen = new TreeSet<String>();
        var done = 0;
        var refused = 0;
        var completed = new ArrayList<ChangeId>();
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            var run = run(seed, IntStream.range(0, STEPS).boxed().toList());
            if (run.broken().isPresent()) {
                var shortest = shortened(seed, run);
                throw new AssertionError("seed %d, laws broken: %s%n%s"
                        .formatted(
                                seed,
                                shortest.broken().orElseThrow(),
                                String.join(System.lineSeparator(), shortest.deeds())));
            }
            if (Boolean.getBoolean("laws.tell")) {
                System.out.println(
                        "seed " + seed + System.lineSeparator() + String.join(System.lineSeparator(), run.deeds()));
            }
            done += run.done();
            refused += run.refused();
            seen.addAll(run.seen());
            if (run.seen().contains("outcome completed")) {
                completed.add(run.change());
            }
        }
        var share = "seed %d: %d steps were done, %d refused (%d %%); seen: %s"
                .formatted(SEED, done, refused, 100 * refused / Math.max(1, done + refused), seen);
        System.out.println(share);
        assertThat(chains.firstFault()).as(share).isEmpty();
        if (RUNS >= 8) {
            assertThat(refused).as(share).isGreaterThan(STEPS / 2);
            assertThat(seen)
                    .as(share)
                    .contains("installed", "outcome completed", "glass", "gate shut", "refused API", "refused engine");
            seesWhatBreaksThem(completed.get(0));
        }
    }

    /** Laws that find nothing wherever they look would hold, too. */
    private void seesWhatBreaksThem(ChangeId change) {
        var laws = new Laws(jdbc);
        assertThat(laws.broken(change, Instant.EPOCH)).isEmpty();
        Map.of(
                        "update vote set digest = 'another' where change_id = ?",
                        "4 a vote is on the newest plan",
                        "update ballot set minimum_votes = 99 where change_id = ?",
                        "2 an approval has the votes",
                        "update ballot set outcome = 'rejected' where change_id = ?",
                        "1 no installation without an approval",
                        "delete from verification where change_id = ?",
                        "5 only verification closes",
                        "delete from statement where kind = 'closure' and change_id = ?",
                        "5 what is closed was signed",
                        "delete from statement where kind = 'test-sign-off' and change_id = ?",
                        "1 no gate opens without a tester",
                        "delete from gate_answer where change_id = ?",
                        "1 no installation without a gate",
                        "delete from booking where change_id = ?",
                        "1 no installation outside the window",
                        "update release_token set not_after = not_before + interval '1 second' where change_id = ?",
                        "1 no order without a release",
                        "update plan_revision set author = (select v.login from vote v where v.change_id = plan_revision.change_id"
                                + " and v.decision = 'approve' limit 1)"
                                + " where change_id = ?",
                        "3 nobody holds two duties")
                .forEach((deed, law) -> transaction.executeWithoutResult(status -> {
                    status.setRollbackOnly();
                    jdbc.sql(deed).param(change.value()).update();
                    assertThat(laws.broken(change, Instant.EPOCH)).as(deed).anyMatch(broken -> broken.startsWith(law));
                }));
    }

    /**
     * Each step has dice of its own, so that leaving one out does not change what the others are.
     *
     * @param steps numbers of the steps to make
     */
    private Run run(long seed, List<Integer> steps) {
        clock.set(BEGINNING.plus(APART.multipliedBy(started++)));
        var town = new Town(context, port, (int) (seed % 4));
        var laws = new Laws(jdbc);
        var deeds = new ArrayList<String>();
        var seen = new TreeSet<String>();
        var done = 0;
        var refused = 0;
        try {
            for (var step : steps) {
                var before = clock.instant();
                clock.forward(Duration.ofSeconds(1));
                var untouched = town.fingerprint();
                var dice = new Random(seed * 1_000_003 + step);
                Town.Deed deed;
                try {
                    deed = step(town, dice, seed / 4 % 2 == 0);
                } catch (Town.Unexpected e) {
                    return new Run(town.change, deeds, done, refused, seen, Optional.of(e.getMessage()));
                }
                deeds.add("%3d %s [%s]".formatted(step, deed.sentence(), town.state()));
                if (deed.done()) {
                    done++;
                } else {
                    refused++;
                    if (!town.fingerprint().equals(untouched)) {
                        return new Run(
                                town.change,
                                deeds,
                                done,
                                refused,
                                seen,
                                Optional.of("what was refused changed something:%n%s%n%s"
                                        .formatted(untouched, town.fingerprint())));
                    }
                }
                var broken = laws.broken(town.change, before);
                if (!broken.isEmpty()) {
                    return new Run(town.change, deeds, done, refused, seen, Optional.of(String.join("; ", broken)));
                }
                look(town, deed, seen);
                if (town.isOver()) {
                    break;
                }
            }
            return new Run(town.change, deeds, done, refused, seen, Optional.empty());
        } finally {
            town.tidy();
        }
    }

    /** In a calm town most of what is done is what should be; in a wild one it is not. */
    private Town.Deed step(Town town, Random dice, boolean calm) {
        var what = dice.nextInt(calm ? 140 : 100);
        if (what < 40) {
            return town.work(dice, false, false);
        } else if (what < 49) {
            return town.work(dice, true, false);
        } else if (what < 56) {
            return town.work(dice, false, true);
        } else if (what < 68) {
            return town.machines(dice);
        } else if (what < 76) {
            return town.time(dice);
        } else if (what < 90) {
            return town.call(dice);
        } else if (what < 93) {
            return town.voteAgain(dice);
        } else if (what < 95) {
            return town.killSwitch(dice);
        } else if (what < 97) {
            return town.freeze(dice);
        } else if (what < 99) {
            return town.roles(dice);
        } else if (what < 100) {
            return town.drift(dice);
        } else if (what < 125) {
            return town.work(dice, false, false);
        } else if (what < 133) {
            return town.machines(dice);
        }
        return town.time(dice);
    }

    private void look(Town town, Town.Deed deed, TreeSet<String> seen) {
        seen.add(town.state());
        if (!deed.done()) {
            seen.add(deed.sentence().contains("/engine-rest/") ? "refused engine" : "refused task");
            if (deed.sentence().contains("/api/v1/")) {
                seen.add("refused API");
            }
        }
        jdbc.sql("""
                        select 'vote' from vote where change_id = :c
                        union select 'installed' from host_order
                               where change_id = :c and action = 'install' and purpose = 'rollout' and state = 'finished'
                        union select 'vote changed' from vote where change_id = :c and replaced_at is not null
                        union select 'ballot ' || coalesce(outcome, 'open') from ballot where change_id = :c
                        union select 'gate ' || case when open then 'open' else 'shut' end from gate_answer where change_id = :c
                        union select 'ring ' || state from ring where change_id = :c
                        union select 'glass' from break_glass where change_id = :c
                        union select 'outcome ' || outcome from change_record where id = :c and outcome is not null
                        union select 'exception' from risk_exception where change_id = :c""").param("c", town.change.value()).query(String.class).list().forEach(seen::add);
    }

    /** Leaves out parts, ever smaller ones, as long as something still breaks. */
    private Run shortened(long seed, Run broken) {
        var until = System.nanoTime() + TO_SHORTEN.toNanos();
        var best = broken;
        var steps = new ArrayList<>(
                IntStream.range(0, broken.deeds().size() + 1).boxed().toList());
        for (int part = Math.max(1, steps.size() / 2); part >= 1; part /= 2) {
            for (int from = 0; from < steps.size() && System.nanoTime() < until; ) {
                var without = new ArrayList<>(steps);
                without.subList(from, Math.min(steps.size(), from + part)).clear();
                var run = run(seed, without);
                if (run.broken().isPresent()) {
                    best = run;
                    steps = without;
                } else {
                    from += part;
                }
            }
        }
        return best;
    }
}
