package org.patchboard.scanning;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.bulk.Archive;
import org.patchboard.shared.Actor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.patchboard.shared.Versions;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Imports a scanner's report about one asset, or about the images of a cluster. What the report no longer names is gone
 * from the asset, what it names again is open again.
 */
@UseCase
public class ScanImports {

    /** Scanners' clocks may be wrong by as much. */
    private static final Duration AHEAD = Duration.ofHours(24);

    /**
     * What an import did.
     *
     * @param findings different ones in the report
     * @param unmatched not opened: the inventory is newer than the report and has no version of the package that is not
     *     fixed
     */
    public record ScanCounts(
            long findings,
            long created,
            long reopened,
            long closed,
            long unchanged,
            long unmatched,
            List<String> rejected) {}

    private final DataSource database;
    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    ScanImports(DataSource database, JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Imports one report.
     *
     * @param source {@code trivy} or {@code grype}
     * @param asset name of the asset that was scanned; null: what the report itself says
     * @throws MalformedInput with the JSON path; nothing was changed
     * @throws Refusal when the asset is unknown, or the report is older than the last one of this scanner about it
     */
    public ScanCounts importReport(String source, InputStream file, @Nullable String asset, Actor actor) {
        var given = asset == null ? null : idOf(asset);
        var digest = Sha256.digest();
        var stream = new DigestInputStream(file, digest);
        var staged = Report.staging(database);
        var report = new Report(staged::add);
        switch (source) {
            case "trivy" -> Archive.each(stream, (name, content) -> new TrivyReport(report.begin(name)).read(content));
            case "grype" -> Archive.each(stream, (name, content) -> new GrypeReport(report.begin(name)).read(content));
            default -> throw Refusal.unknown("There is no scanner \"" + source + "\"; there are trivy and grype.");
        }
        staged.finish();
        var assets = assets(report, asset, given);
        checkAge(report, source, assets.keySet());
        return merge(report, source, assets, digest.digest(), actor);
    }

    private long idOf(String asset) {
        return find(asset)
                .orElseThrow(() -> Refusal.unknown("There is no asset " + asset + "; import the inventory first."));
    }

    private java.util.Optional<Long> find(String asset) {
        return jdbc.sql("select id from asset where name = ?")
                .param(asset)
                .query(Long.class)
                .optional();
    }

    /** The assets that the report is about, and fills {@code scanned_asset}: what the report calls them. */
    private Map<Long, String> assets(Report report, @Nullable String name, @Nullable Long given) {
        jdbc.sql("create temporary table scanned_asset (subject text, asset bigint) on commit drop")
                .update();
        var assets = new LinkedHashMap<Long, String>();
        if (given != null && name != null) {
            report.subjects().forEach(subject -> isCalled(subject, given));
            isCalled(Report.ITS_OWN, given);
            assets.put(given, name);
            return assets;
        }
        if (report.subjects().isEmpty()) {
            throw Refusal.incomplete("The report does not say what was scanned; say it with asset=NAME.");
        }
        var unknown = new ArrayList<String>();
        for (var subject : report.subjects()) {
            find(subject)
                    .ifPresentOrElse(
                            id -> {
                                isCalled(report.single() ? Report.ITS_OWN : subject, id);
                                assets.put(id, subject);
                            },
                            () -> unknown.add(subject));
        }
        if (assets.isEmpty()) {
            throw Refusal.unknown("There is no asset " + unknown.get(0)
                    + "; import the inventory first, or say which asset was scanned with asset=NAME.");
        }
        unknown.forEach(subject -> report.reject("there is no asset " + subject));
        return assets;
    }

    private void isCalled(String subject, long asset) {
        jdbc.sql("insert into scanned_asset values (?, ?)")
                .params(subject, asset)
                .update();
    }

    private void checkAge(Report report, String scanner, java.util.Set<Long> assets) {
        var made = report.made();
        if (made == null) {
            return;
        }
        if (made.isAfter(clock.instant().plus(AHEAD))) {
            throw Refusal.conflict("The report says it was made at " + made
                    + ", which is yet to come; set the scanner's clock right and scan again.");
        }
        jdbc.sql("""
                        select a.name || ' was already imported: ' || to_char(s.made_at at time zone 'UTC',
                                                                            'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                          from scan s join asset a on a.id = s.asset
                         where s.asset = any(:assets) and s.scanner = :scanner and s.made_at > :made
                         order by s.made_at desc limit 1""")
                .param("assets", assets.toArray(Long[]::new))
                .param("scanner", scanner)
                .param("made", made.atOffset(ZoneOffset.UTC))
                .query(String.class)
                .optional()
                .ifPresent(newer -> {
                    throw Refusal.conflict("The report was made at " + made + ", and a newer one of " + scanner
                            + " about " + newer + ". Nothing was changed.");
                });
    }

    private ScanCounts merge(Report report, String scanner, Map<Long, String> assets, byte[] digest, Actor actor) {
        // Sets are joined in memory, not on disk.
        jdbc.sql("set local work_mem = '64MB'").update();
        // A report may name a package in several places of an image; a finding is there once.
        jdbc.sql("""
                        create temporary table reported_finding on commit drop as
                        select distinct on (a.asset, s.cve, s.ecosystem, s.package) a.asset, s.*
                          from staged_finding s join scanned_asset a on a.subject = s.subject
                         order by a.asset, s.cve, s.ecosystem, s.package, s.number desc""").update();
        jdbc.sql("create temporary table scan_deed (asset bigint, deed text) on commit drop")
                .update();
        jdbc.sql("insert into scan_deed select asset, 'finding' from reported_finding")
                .update();
        leaveOutWhatIsFixed(report);
        // Looked up before the first is written: a plan for an empty table reads it again for each row while it grows.
        jdbc.sql("""
                        create temporary table known_finding on commit drop as
                        select f.id, f.asset, s.number, s.installed_version, s.fixed_version, s.severity
                          from reported_finding s
                          join finding f on f.asset = s.asset and f.cve = s.cve and f.ecosystem = s.ecosystem
                                        and f.package = s.package
                         where f.scanner = ?""").param(scanner).update();
        record(scanner, """
                update finding f set state = 'open', closed_at = null, last_seen = :now, change_id = null,
                       installed_version = k.installed_version, fixed_version = k.fixed_version, severity = k.severity
                  from known_finding k where f.id = k.id and f.state = 'closed'
                returning f.asset, 'reopened'""");
        jdbc.sql("""
                        update finding f set last_seen = :now, installed_version = k.installed_version,
                               fixed_version = k.fixed_version, severity = k.severity
                          from known_finding k
                         where f.id = k.id and f.state <> 'closed' and f.last_seen < :now""").param("now", now()).update();
        record(scanner, """
                update finding f set state = 'closed', closed_at = :now
                 where f.asset in (select asset from scanned_asset) and f.scanner = :scanner and f.state = 'open'
                   and not exists (select from known_finding k where k.id = f.id)
                returning f.asset, 'closed'""");
        record(scanner, """
                insert into finding (asset, cve, ecosystem, package, installed_version, fixed_version, severity,
                                     scanner, state, first_seen, last_seen)
                select asset, cve, ecosystem, package, installed_version, fixed_version, severity, :scanner,
                       'open', :now, :now
                  from reported_finding s
                 where not exists (select from known_finding k where k.number = s.number and k.asset = s.asset)
                 order by asset, cve, ecosystem, package
                returning asset, 'created'""");
        var total = new long[6];
        assets.forEach((asset, name) -> {
            var counts = count(asset);
            keep(report, scanner, asset, name, counts, digest, actor);
            for (int i = 0; i < total.length; i++) {
                total[i] += counts[i];
            }
        });
        List.of("staged_finding", "scanned_asset", "reported_finding", "known_finding", "scan_deed")
                .forEach(table -> jdbc.sql("drop table pg_temp." + table).update());
        events.publishEvent(new ReportImported(now().toInstant()));
        return new ScanCounts(total[0], total[1], total[2], total[3], total[4], total[5], report.rejected());
    }

    /**
     * Scanners repeat what an old list of packages says. Where the inventory was told after the report was made and has
     * only versions that are fixed, nothing is opened; what a change already carries is left to its verification.
     */
    private void leaveOutWhatIsFixed(Report report) {
        record Candidate(int number, String ecosystem, String fixed, List<String> installed) {}
        var made = report.made();
        var fixed = jdbc
                .sql("""
                        select s.number, s.ecosystem, s.fixed_version, array_agg(v.version) as installed
                          from reported_finding s
                          join asset a on a.id = s.asset
                          join package_version v on v.ecosystem = s.ecosystem and v.name = s.package
                          join installed_package i on i.asset = s.asset and i.package_version = v.id
                         where s.fixed_version is not null
                           and (cast(:made as timestamptz) is null or a.packages_at >= :made)
                           and not exists (select from finding f
                                            where f.asset = s.asset and f.cve = s.cve and f.ecosystem = s.ecosystem
                                              and f.package = s.package and f.state = 'open'
                                              and f.change_id is not null)
                         group by s.number, s.ecosystem, s.fixed_version""")
                .param("made", made == null ? null : made.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Candidate(
                        row.getInt("number"),
                        row.getString("ecosystem"),
                        row.getString("fixed_version"),
                        List.of((String[]) row.getArray("installed").getArray())))
                .list()
                .stream()
                .filter(it -> Versions.reached(it.ecosystem(), it.installed(), it.fixed()))
                .map(Candidate::number)
                .toArray(Integer[]::new);
        jdbc.sql("""
                        with left_out as (delete from reported_finding where number = any(?) returning asset)
                        insert into scan_deed select asset, 'unmatched' from left_out""").param(fixed).update();
    }

    private void record(String scanner, String deed) {
        jdbc.sql("with done (asset, deed) as (" + deed + ") insert into scan_deed select asset, deed from done")
                .param("now", now())
                .param("scanner", scanner)
                .update();
    }

    /** Findings, created, reopened, closed, unchanged, unmatched. */
    private long[] count(long asset) {
        return jdbc.sql("""
                        select count(*) filter (where deed = 'finding') as findings,
                               count(*) filter (where deed = 'created') as created,
                               count(*) filter (where deed = 'reopened') as reopened,
                               count(*) filter (where deed = 'closed') as closed,
                               count(*) filter (where deed = 'unmatched') as unmatched
                          from scan_deed where asset = ?""")
                .param(asset)
                .query((row, number) -> new long[] {
                    row.getLong("findings"),
                    row.getLong("created"),
                    row.getLong("reopened"),
                    row.getLong("closed"),
                    row.getLong("findings")
                            - row.getLong("created")
                            - row.getLong("reopened")
                            - row.getLong("unmatched"),
                    row.getLong("unmatched")
                })
                .single();
    }

    private void keep(
            Report report, String scanner, long asset, String name, long[] counts, byte[] digest, Actor actor) {
        var made = report.made();
        jdbc.sql("""
                        insert into scan (asset, scanner, digest, made_at, actor, at, findings, created, reopened, closed,
                                          unchanged, unmatched)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        asset,
                        scanner,
                        digest,
                        made == null ? null : made.atOffset(ZoneOffset.UTC),
                        actor.name(),
                        now(),
                        counts[0],
                        counts[1],
                        counts[2],
                        counts[3],
                        counts[4],
                        counts[5])
                .update();
        audit.record(
                "scans",
                actor,
                "scan-imported",
                name,
                Map.of(
                        "scanner", scanner,
                        "findings", counts[0],
                        "created", counts[1],
                        "reopened", counts[2],
                        "closed", counts[3]));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
