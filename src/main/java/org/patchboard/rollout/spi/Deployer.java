package org.patchboard.rollout.spi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Host;

/** Something that can put packages on hosts. Called from a durable task, never from a delegate or a transaction. */
public interface Deployer {

    /** What the order is for. */
    enum Action {
        /** Shows what would happen and changes nothing. */
        DRY_RUN,
        INSTALL,
        /** Puts the version from before back. */
        BACK_OUT
    }

    /** When a host is restarted after the packages are in. */
    enum RebootPolicy {
        NEVER,
        IF_REQUIRED,
        ALWAYS
    }

    /** What became of a host. */
    enum State {
        /** The exact version is there, and the package manager calls it completely installed (dpkg status {@code ii}). */
        DONE,
        FAILED,
        /** Could not be reached; nothing was changed. */
        UNREACHABLE,
        /** A person has to do it; the result comes later. */
        AWAITS_PERSON
    }

    /**
     * A package and the exact version it must have afterwards.
     *
     * @param ecosystem {@code deb} …
     */
    record Step(String ecosystem, String name, String version) {}

    record Target(Host host, List<Step> steps) {}

    /**
     * An order to a deployer.
     *
     * @param key repeats on a retry; the effect happens at most once for it
     * @param digest of the approved plan, SHA-256 in hex
     * @param fence grows with every take-over; a smaller one is stale
     * @param release leave to carry out exactly this; an order that goes beyond it cannot be made
     */
    record Order(
            String key,
            ChangeId change,
            int revision,
            int ring,
            String digest,
            Action action,
            List<Target> targets,
            RebootPolicy reboot,
            long fence,
            Release release) {

        public Order {
            targets = List.copyOf(targets);
            if (!release.change().equals(change)
                    || release.revision() != revision
                    || release.ring() != ring
                    || release.action() != action
                    || !release.digest().equals(digest)) {
                throw new IllegalArgumentException("order %s goes beyond its release".formatted(key));
            }
            for (var target : targets) {
                if (!release.targets().contains(target.host().asset())) {
                    throw new IllegalArgumentException("order %s names %s, which its release does not"
                            .formatted(key, target.host().name()));
                }
            }
        }
    }

    /**
     * One host's result.
     *
     * @param detail what a person needs to know, at most a few lines: the failed step and its message
     */
    record HostResult(State state, boolean rebootPending, String detail) {}

    /**
     * A result for every target of the order.
     *
     * @param log everything the product said, for the evidence
     */
    record Report(Map<AssetId, HostResult> hosts, String log) {}

    /** {@code ansible}, {@code manual} or {@code simulator}: the name in {@code maintenance_group.deployer}. */
    String product();

    /** What became of an order given before a crash; empty when the product never saw it. */
    Optional<Report> lookUp(Order order);

    /**
     * Carries out the order and waits for the result.
     *
     * @param patience longest time to wait, at least one second; a host without a result by then is FAILED
     * @throws org.patchboard.shared.AdapterFault when the product itself cannot be used; nothing is known of the hosts
     */
    Report carryOut(Order order, Duration patience);
}
