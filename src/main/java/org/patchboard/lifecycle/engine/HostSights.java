package org.patchboard.lifecycle.engine;

import static java.util.stream.Collectors.groupingBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.rollout.Claim;
import org.patchboard.rollout.DurableHostWork;
import org.patchboard.rollout.Verifications;
import org.patchboard.rollout.Verifications.Purpose;
import org.patchboard.rollout.Verifications.Run;
import org.patchboard.rollout.Verifications.Seen;
import org.patchboard.rollout.Verifications.Wanted;
import org.patchboard.scanning.spi.PackageProbe;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;
import org.patchboard.shared.Versions;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks at hosts with the probe of their maintenance group, outside any transaction, and records what was seen in pieces;
 * a look that was interrupted goes on where it stopped. Reading does no harm, so a piece may be looked at twice.
 */
@Component
class HostSights implements DurableHostWork {

    /** Hosts looked at before what was seen is written down. */
    private static final int PIECE = 200;

    /** A maintenance group whose closing evidence is a newer scan report. */
    private static final String REPORT = "report";

    private final Verifications verifications;
    private final List<PackageProbe> probes;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final Duration patience;

    HostSights(
            Verifications verifications,
            List<PackageProbe> probes,
            JdbcClient jdbc,
            Clock clock,
            @Value("${patchboard.verification.patience:PT1M}") Duration patience) {
        this.verifications = verifications;
        this.probes = probes;
        this.jdbc = jdbc;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public String name() {
        return Verifications.WORK;
    }

    @Override
    public void carryOut(Claim claim) {
        verifications.claim(claim).ifPresent(this::look);
    }

    private void look(Run run) {
        try {
            var wanted = verifications.wanted(run);
            if (run.source().equals(REPORT)) {
                // A report of open findings cannot say that an old version is back, nor that a new one still is.
                if (run.purpose() == Purpose.FIXED) {
                    verifications.record(
                            run, wanted.stream().map(it -> reported(run, it)).toList());
                }
            } else {
                probe(run, wanted);
            }
            verifications.finish(run);
        } catch (AdapterFault fault) {
            if (!fault.isPermanent() && !verifications.isLastTry(run)) {
                throw fault;
            }
            verifications.giveUp(run, String.valueOf(fault.getMessage()));
        }
    }

    private void probe(Run run, List<Wanted> wanted) {
        var probe = probes.stream()
                .filter(it -> it.product().equals(run.source()))
                .findFirst()
                .orElseThrow(() -> AdapterFault.permanentFault("there is no verifier called " + run.source()));
        var byHost = new ArrayList<>(wanted.stream()
                .collect(groupingBy(Wanted::host, LinkedHashMap::new, Collectors.toList()))
                .entrySet());
        for (var start = 0; start < byHost.size(); start += PIECE) {
            var piece = byHost.subList(start, Math.min(start + PIECE, byHost.size()));
            verifications.record(run, look(run, probe, piece));
        }
    }

    private List<Seen> look(Run run, PackageProbe probe, List<Map.Entry<Host, List<Wanted>>> piece) {
        var hosts = piece.stream().map(Map.Entry::getKey).toList();
        var packages = piece.stream()
                .flatMap(entry -> entry.getValue().stream())
                .map(Wanted::name)
                .collect(Collectors.toSet());
        var sight = probe.look(hosts, packages, patience);
        record Place(AssetId asset, String name) {}
        var seen = new LinkedHashMap<Place, PackageProbe.Seen>();
        sight.seen().forEach(it -> seen.put(new Place(it.host().asset(), it.name()), it));
        var lost = new LinkedHashMap<AssetId, String>();
        sight.unreachable().forEach(it -> lost.put(it.host().asset(), it.why()));
        return piece.stream()
                .flatMap(entry -> entry.getValue().stream())
                .map(it -> compare(
                        run,
                        it,
                        seen.get(new Place(it.host().asset(), it.name())),
                        lost.get(it.host().asset())))
                .toList();
    }

    private Seen compare(Run run, Wanted wanted, PackageProbe.@Nullable Seen seen, @Nullable String lost) {
        if (seen == null || lost != null) {
            var why = lost == null ? "the verifier said nothing about it" : "could not be looked at: " + lost;
            return row(run, wanted, null, false, false, why);
        }
        var fixed = seen.complete() && seen.version() != null && suffices(run, wanted, seen.version());
        return row(run, wanted, seen.version(), fixed, seen.rebootPending(), seen.detail());
    }

    /** A host that was patched further meanwhile is fixed too; one that was put back has exactly its old version. */
    private static boolean suffices(Run run, Wanted wanted, String version) {
        return run.purpose() == Purpose.BACK_OUT
                ? wanted.version().equals(version)
                : Versions.compare(wanted.ecosystem(), version, wanted.version()) >= 0;
    }

    /** Fixed is what a scan made after the installation no longer reports. */
    private Seen reported(Run run, Wanted wanted) {
        record Reports(
                @Nullable Instant scanned,
                @Nullable Instant changed,
                @Nullable String open) {}
        var reports = jdbc.sql("""
                        select (select max(least(at, made_at)) from scan where asset = :asset) as scanned,
                               (select max(finished_at) from ring_host
                                 where change_id = :change and asset = :asset) as changed,
                               (select max(f.installed_version) from finding f
                                 where f.asset = :asset and f.ecosystem = :ecosystem and f.package = :package
                                   and f.state = 'open'
                                   and f.cve in (select cve from change_vulnerability where change_id = :change)) as open
                        """)
                .param("asset", wanted.host().asset().value())
                .param("change", run.change().value())
                .param("ecosystem", wanted.ecosystem())
                .param("package", wanted.name())
                .query((row, number) -> new Reports(
                        instant(row.getTimestamp("scanned")),
                        instant(row.getTimestamp("changed")),
                        row.getString("open")))
                .single();
        var scanned = reports.scanned();
        var changed = reports.changed();
        if (scanned == null || changed != null && !scanned.isAfter(changed)) {
            return row(run, wanted, null, false, false, "no scan report is newer than the installation");
        }
        if (reports.open() != null) {
            return row(run, wanted, reports.open(), false, false, "still reported by the scan of " + scanned);
        }
        return row(run, wanted, wanted.version(), true, false, "no longer reported by the scan of " + scanned);
    }

    private static @Nullable Instant instant(java.sql.@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    private Seen row(
            Run run, Wanted wanted, @Nullable String version, boolean fixed, boolean rebootPending, String detail) {
        return new Seen(
                wanted.host().asset(),
                wanted.host().name(),
                wanted.ecosystem(),
                wanted.name(),
                version,
                wanted.version(),
                fixed,
                rebootPending,
                detail,
                run.source(),
                clock.instant());
    }
}
