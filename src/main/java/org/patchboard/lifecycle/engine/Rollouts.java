package org.patchboard.lifecycle.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.exception.RiskException;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.rollout.Ring;
import org.patchboard.rollout.Rings;
import org.patchboard.rollout.TestRuns;
import org.patchboard.rollout.Verifications;
import org.patchboard.rollout.Verifications.Purpose;
import org.patchboard.rollout.Verifications.Seen;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the processes of the roll-out ask for, and what their gateways want to know; the answers come from tables. */
@UseCase
public class Rollouts {

    private static final Actor ACTOR = Actor.system("rollout");

    /** A verifier that sees something only when a scan report comes in. */
    private static final String REPORT = "report";

    /** So many hosts a sentence names. */
    private static final int NAMED = 3;

    private final RolloutPlans plans;
    private final Rings rings;
    private final TestRuns tests;
    private final Verifications verifications;
    private final RiskExceptions exceptions;
    private final Changes changes;
    private final ReleaseSigner signer;
    private final RolloutMail mail;
    private final JdbcClient jdbc;

    Rollouts(
            RolloutPlans plans,
            Rings rings,
            TestRuns tests,
            Verifications verifications,
            RiskExceptions exceptions,
            Changes changes,
            ReleaseSigner signer,
            RolloutMail mail,
            JdbcClient jdbc) {
        this.plans = plans;
        this.rings = rings;
        this.tests = tests;
        this.verifications = verifications;
        this.exceptions = exceptions;
        this.changes = changes;
        this.signer = signer;
        this.mail = mail;
        this.jdbc = jdbc;
    }

    /** A test is released by itself: it only looks, or installs in the lab. */
    public void orderTest(ChangeId change) {
        var revision = plans.cut(change);
        tests.wanted(change, revision).forEach(part -> signer.forTest(change, revision, part.ring(), part.action()));
        tests.order(change, revision);
    }

    public void orderRing(ChangeId change, int ring) {
        rings.order(change, plans.cut(change), ring, Action.INSTALL);
        changes.moveTo(change, ChangeState.ROLLING_OUT, ACTOR);
    }

    public void stopHandingOut(ChangeId change, int ring) {
        rings.stopHandingOut(change, plans.revisionOf(change, ring), ring, "the maintenance window has ended");
    }

    /** Tells those on call that a ring takes longer than its deployer may. */
    public void warnOfSlowRing(ChangeId change, int ring) {
        mail.slow(ring(change, ring));
    }

    /** After the soak: whether the ring has passed. */
    public boolean finishSoak(ChangeId change, int number) {
        var passed =
                rings.finishSoak(change, plans.revisionOf(change, number), number, againstAfterSoak(change, number));
        if (!passed) {
            changes.moveTo(change, ChangeState.HALTED, ACTOR);
            mail.ringResult(ring(change, number));
        }
        return passed;
    }

    /** Whether the ring's hosts are looked at again once it has soaked: when it soaks, and something can look at any time. */
    public boolean isLookedAtAfterSoak(ChangeId change, int number) {
        return !ring(change, number).soak().isZero() && !verifier(change).equals(REPORT);
    }

    /** Looks at the hosts of a ring that has soaked. */
    public void lookAfterSoak(ChangeId change, int number) {
        verifications.order(change, Purpose.SOAK, plans.revisionOf(change, number), number, verifier(change));
    }

    /** What the look after the soak has against the ring; empty as well when there was to be none. */
    private Optional<String> againstAfterSoak(ChangeId change, int number) {
        if (!isLookedAtAfterSoak(change, number)) {
            return Optional.empty();
        }
        var look = verifications
                .latest(change, Purpose.SOAK)
                .filter(run -> run.revision() == plans.revisionOf(change, number)
                        && Integer.valueOf(number).equals(run.ring()));
        if (look.isEmpty() || look.get().state().equals("running")) {
            return Optional.of("nobody could see in time whether its hosts are sound after the soak");
        }
        if (look.get().fault() != null) {
            return Optional.of("its hosts could not be looked at after the soak: "
                    + look.get().fault());
        }
        var lost = verifications.seen(change, look.get().number()).stream()
                .filter(seen -> !seen.fixed())
                .toList();
        return lost.isEmpty()
                ? Optional.empty()
                : Optional.of("after the soak %s%s"
                        .formatted(
                                lost.stream().limit(NAMED).map(Rollouts::lost).collect(Collectors.joining("; ")),
                                lost.size() > NAMED ? "; and %d more".formatted(lost.size() - NAMED) : ""));
    }

    private static String lost(Seen seen) {
        return seen.seenVersion() == null
                ? "%s was not seen with %s %s (%s)"
                        .formatted(seen.host(), seen.name(), seen.wantedVersion(), seen.detail())
                : "%s has %s %s instead of %s"
                        .formatted(seen.host(), seen.name(), seen.seenVersion(), seen.wantedVersion());
    }

    /** The way back needs no window: leaving hosts half done is worse. */
    public void orderBackOut(ChangeId change, int ring) {
        var revision = plans.revisionOf(change, ring);
        signer.forBackOut(change, revision, ring);
        rings.order(change, revision, ring, Action.BACK_OUT);
    }

    /** Whether every host of the ring has its old version again: by the deployer's word and by what was seen. */
    public boolean isBackedOut(ChangeId change, int ring) {
        var revision = plans.revisionOf(change, ring);
        var failed = rings.hosts(change, revision, ring).stream()
                .anyMatch(host -> host.state().equals("back-out-failed"));
        return !failed && notBack(change).isEmpty() && !lookFaulted(change, Purpose.BACK_OUT);
    }

    /** What the newest look saw of hosts whose old version is not back. */
    public List<Seen> notBack(ChangeId change) {
        return verifications.latest(change, Purpose.BACK_OUT).stream()
                .flatMap(run -> verifications.seen(change, run.number()).stream())
                .filter(seen -> !seen.fixed())
                .toList();
    }

    public void lookWhetherBackedOut(ChangeId change, int ring) {
        verifications.order(change, Purpose.BACK_OUT, plans.revisionOf(change, ring), ring, verifier(change));
    }

    public void lookWhetherFixed(ChangeId change) {
        verifications.order(change, Purpose.FIXED, plans.newestRevision(change), null, verifier(change));
        changes.moveTo(change, ChangeState.VERIFYING, ACTOR);
    }

    /** Whether every host in scope was seen fixed, without a pending restart, or is covered by an exception. */
    public boolean isFixed(ChangeId change) {
        return !lookFaulted(change, Purpose.FIXED)
                && !seen(change).isEmpty()
                && residual(change).isEmpty();
    }

    /** Everything the newest look at the whole change saw. */
    public List<Seen> seen(ChangeId change) {
        return verifications.latest(change, Purpose.FIXED).stream()
                .flatMap(run -> verifications.seen(change, run.number()).stream())
                .toList();
    }

    /** What the newest look saw of hosts that are neither fixed nor covered by an exception. */
    public List<Seen> residual(ChangeId change) {
        var inForce = exceptions.inForce(change);
        return seen(change).stream()
                .filter(seen -> !seen.settled())
                .filter(seen -> inForce.stream().noneMatch(exception -> covers(exception, seen)))
                .toList();
    }

    /** Whether hosts that were not seen fixed are covered by exceptions. */
    public boolean hasExceptedHosts(ChangeId change) {
        return seen(change).stream().filter(seen -> !seen.settled()).count()
                > residual(change).size();
    }

    /** Why the newest look could not be carried out, empty when it could. */
    public String lookFault(ChangeId change, Purpose purpose) {
        return verifications
                .latest(change, purpose)
                .map(run -> run.fault() == null ? "" : run.fault())
                .orElse("");
    }

    private boolean lookFaulted(ChangeId change, Purpose purpose) {
        return verifications
                .latest(change, purpose)
                .map(run -> run.state().equals("faulted"))
                .orElse(false);
    }

    private static boolean covers(RiskException exception, Seen seen) {
        return exception.asset() == null || exception.asset().equals(seen.asset());
    }

    public Ring ring(ChangeId change, int number) {
        return rings.find(change, plans.revisionOf(change, number), number).orElseThrow();
    }

    private String verifier(ChangeId change) {
        return jdbc.sql("""
                        select g.verifier from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = ?""").param(change.value()).query(String.class).single();
    }

    /** Names of those facts of a ring that forms and mail show. */
    public Map<String, Object> describe(Ring ring) {
        var hosts = rings.hosts(ring.change(), ring.revision(), ring.number());
        return Map.of(
                "number",
                ring.number(),
                "name",
                ring.name(),
                "state",
                ring.state(),
                "deployer",
                ring.deployer(),
                "share",
                ring.successShare(),
                "hosts",
                hosts.size(),
                "installed",
                hosts.stream().filter(host -> host.state().equals("installed")).count(),
                "why",
                ring.stoppedWhy() == null ? rings.against(ring).orElse("") : ring.stoppedWhy());
    }
}
