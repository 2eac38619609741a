package org.patchboard.scanning;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.bulk.JsonItems;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.Actor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Imports a scanner's report about one asset. What the report no longer names is gone from the asset: only a scan
 * closes a finding.
 */
@UseCase
public class ScanImports {

    /** What an import did. */
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
    private final Clock clock;

    ScanImports(DataSource database, JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Imports one report.
     *
     * @param source {@code trivy} or {@code grype}
     * @param asset name of the asset that was scanned
     * @throws MalformedInput with the JSON path; nothing was changed
     */
    public ScanCounts importReport(String source, InputStream file, String asset, Actor actor) {
        var id = jdbc.sql("select id from asset where name = ?")
                .param(asset)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no asset " + asset + "; import the inventory first."));
        var digest = Sha256.digest();
        var stream = new DigestInputStream(file, digest);
        try (var staged = Staging.open(database, """
                staged_finding (cve text, ecosystem text, package text, installed_version text, fixed_version text,
                                severity text)""")) {
            switch (source) {
                case "trivy" -> trivy(stream, staged);
                case "grype" -> grype(stream, staged);
                default -> throw Refusal.unknown("There is no scanner \"" + source + "\"; there are trivy and grype.");
            }
            staged.finish();
            return merge(id, asset, source, digest.digest(), actor);
        }
    }

    /** Trivy's JSON, schema version 2: {@code Results[].Vulnerabilities[]}. */
    private static void trivy(InputStream file, Staging staged) {
        JsonItems.read(file, "Results", (result, path) -> {
            int number = 0;
            for (var vulnerability : result.path("Vulnerabilities")) {
                var place = path + ".Vulnerabilities[" + number++ + "]";
                staged.add(
                        JsonItems.text(vulnerability, "VulnerabilityID", place),
                        ecosystem(
                                result.path("Type").asText(),
                                vulnerability.path("PkgIdentifier").path("PURL").asText("")),
                        JsonItems.text(vulnerability, "PkgName", place),
                        vulnerability.path("InstalledVersion").asText(),
                        first(vulnerability.path("FixedVersion").asText("")),
                        severity(vulnerability.path("Severity").asText("")));
            }
        });
    }

    /** Grype's JSON: {@code matches[]}. */
    private static void grype(InputStream file, Staging staged) {
        JsonItems.read(file, "matches", (match, path) -> {
            var vulnerability = match.path("vulnerability");
            var artifact = match.path("artifact");
            var fixes = vulnerability.path("fix").path("versions");
            staged.add(
                    JsonItems.text(vulnerability, "id", path + ".vulnerability"),
                    ecosystem(
                            artifact.path("type").asText(),
                            artifact.path("purl").asText("")),
                    JsonItems.text(artifact, "name", path + ".artifact"),
                    artifact.path("version").asText(),
                    fixes.isEmpty() ? null : fixes.get(0).asText(),
                    severity(vulnerability.path("severity").asText("")));
        });
    }

    private ScanCounts merge(long asset, String name, String scanner, byte[] digest, Actor actor) {
        // A report may name a package in several places of an image; a finding is there once.
        jdbc.sql("""
                        delete from staged_finding a using staged_finding b
                         where a.cve = b.cve and a.ecosystem = b.ecosystem and a.package = b.package and a.ctid < b.ctid""").update();
        long findings = count("select count(*) from staged_finding");
        var now = now();
        long reopened = jdbc.sql("""
                        update finding f set state = 'open', closed_at = null, last_seen = :now, change_id = null,
                               installed_version = s.installed_version, fixed_version = s.fixed_version, severity = s.severity
                          from staged_finding s
                         where f.asset = :asset and f.scanner = :scanner and f.state = 'closed'
                           and f.cve = s.cve and f.ecosystem = s.ecosystem and f.package = s.package""")
                .param("now", now)
                .param("asset", asset)
                .param("scanner", scanner)
                .update();
        jdbc.sql("""
                        update finding f set last_seen = :now, installed_version = s.installed_version,
                               fixed_version = s.fixed_version, severity = s.severity
                          from staged_finding s
                         where f.asset = :asset and f.scanner = :scanner and f.state <> 'closed' and f.last_seen < :now
                           and f.cve = s.cve and f.ecosystem = s.ecosystem and f.package = s.package""")
                .param("now", now)
                .param("asset", asset)
                .param("scanner", scanner)
                .update();
        long created = jdbc.sql("""
                        insert into finding (asset, cve, ecosystem, package, installed_version, fixed_version, severity,
                                             scanner, state, first_seen, last_seen)
                        select :asset, cve, ecosystem, package, installed_version, fixed_version, severity, :scanner,
                               'open', :now, :now
                          from staged_finding s
                         where not exists (select from finding f
                                            where f.asset = :asset and f.scanner = :scanner and f.cve = s.cve
                                              and f.ecosystem = s.ecosystem and f.package = s.package)""")
                .param("asset", asset)
                .param("scanner", scanner)
                .param("now", now)
                .update();
        long closed = jdbc.sql("""
                        update finding f set state = 'closed', closed_at = :now
                         where f.asset = :asset and f.scanner = :scanner and f.state = 'open'
                           and not exists (select from staged_finding s
                                            where f.cve = s.cve and f.ecosystem = s.ecosystem and f.package = s.package)""")
                .param("now", now)
                .param("asset", asset)
                .param("scanner", scanner)
                .update();
        long unchanged = findings - created - reopened;
        jdbc.sql("""
                        insert into scan (asset, scanner, digest, actor, at, findings, created, reopened, closed, unchanged)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(asset, scanner, digest, actor.name(), now, findings, created, reopened, closed, unchanged)
                .update();
        audit.record(
                "scans",
                actor,
                "scan-imported",
                name,
                Map.of("scanner", scanner, "findings", findings, "created", created, "closed", closed));
        return new ScanCounts(findings, created, reopened, closed, unchanged, 0, List.of());
    }

    private long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    /** From the package URL when there is one; else from the scanner's own word for the kind of package. */
    private static String ecosystem(String type, String purl) {
        if (purl.startsWith("pkg:")) {
            return purl.substring(4, purl.indexOf('/'));
        }
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "debian", "ubuntu", "deb" -> "deb";
            case "alpine", "wolfi", "apk" -> "apk";
            case "redhat", "centos", "rocky", "alma", "amazon", "oracle", "fedora", "suse", "rpm" -> "rpm";
            case "jar", "pom", "java-archive", "gradle" -> "maven";
            case "npm", "node-pkg", "yarn", "pnpm" -> "npm";
            case "pip", "python-pkg", "poetry", "pipenv", "python" -> "pypi";
            case "gomod", "gobinary", "go-module" -> "golang";
            default -> "generic";
        };
    }

    private static @Nullable String first(String versions) {
        var first = versions.split(",", 2)[0].strip();
        return first.isEmpty() ? null : first;
    }

    private static String severity(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "critical" -> "critical";
            case "high" -> "high";
            case "medium", "moderate" -> "medium";
            case "low", "negligible" -> "low";
            case "none" -> "none";
            default -> "unknown";
        };
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
