package org.patchboard.advisory;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.bulk.Archive;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Imports what the world says about CVEs. A feed is one transaction: all of it, or none with the place of the fault. Of
 * two words about one CVE the newer stands, whichever comes first.
 */
@UseCase
public class Feeds {

    private final DataSource database;
    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Feeds(DataSource database, JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** What a reader found besides its rows. */
    record Reading(
            long read, List<String> rejected, @Nullable Instant edition, boolean complete) {}

    /** What became of the CVEs in a file. */
    private record Merged(Reading reading, long cves, long created, long updated) {

        ImportCounts counts() {
            return new ImportCounts(reading.read(), created, updated, cves - created - updated, reading.rejected());
        }
    }

    /**
     * Imports one file of a feed.
     *
     * @param feed {@code kev}, {@code epss}, {@code nvd} or {@code vulnrichment}
     * @param file as the feed publishes it: plain, packed with gzip, or several in a zip or tar
     * @throws MalformedInput with the place; nothing was changed
     */
    public ImportCounts importFile(String feed, InputStream file, Actor actor) {
        var digest = Sha256.digest();
        var stream = new DigestInputStream(file, digest);
        jdbc.sql("create temporary table touched_cve (cve text, created boolean) on commit drop")
                .update();
        // Sets are joined in memory, not on disk.
        jdbc.sql("set local work_mem = '64MB'").update();
        var merged = switch (feed) {
            case "kev" -> kev(stream);
            case "epss" -> epss(stream);
            case "nvd" -> nvd(stream);
            case "vulnrichment" -> vulnrichment(stream);
            default ->
                throw Refusal.unknown("There is no feed \"" + feed + "\"; there are kev, epss, nvd and vulnrichment.");
        };
        var reading = merged.reading();
        var counts = merged.counts();
        jdbc.sql("drop table pg_temp.touched_cve").update();
        jdbc.sql("""
                        insert into feed_import (feed, digest, edition, actor, at, read, created, updated, unchanged)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        feed,
                        digest.digest(),
                        reading.edition() == null ? null : reading.edition().atOffset(ZoneOffset.UTC),
                        actor.name(),
                        now(),
                        counts.read(),
                        counts.created(),
                        counts.updated(),
                        counts.unchanged())
                .update();
        audit.record(
                "feed:" + feed,
                actor,
                "feed-imported",
                feed,
                Map.of("read", counts.read(), "created", counts.created(), "updated", counts.updated()));
        if (counts.created() + counts.updated() > 0) {
            events.publishEvent(new FeedImported(feed, now().toInstant()));
        }
        return counts;
    }

    private Merged kev(InputStream file) {
        var staged = Staging.open(database, """
                staged_kev (cve text, vendor text, product text, name text, date_added date, due_date date,
                            required_action text, ransomware boolean, notes text)""");
        var reader = new KevCatalogue(staged);
        Archive.each(file, reader::read);
        staged.finish();
        distinct("staged_kev");
        merge(
                "kev_entry",
                "staged_kev",
                "vendor, product, name, date_added, due_date, required_action, ransomware, notes",
                "true");
        var reading = reader.reading();
        back("""
                with back as (
                  update kev_entry k set withdrawn_at = null, changed_at = :now from staged_kev s
                   where s.cve = k.cve and withdrawn_at is not null returning k.cve)
                insert into touched_cve select cve, false from back""");
        if (reading.complete() && isNewest("kev", reading.edition())) {
            jdbc.sql("""
                            update kev_entry k set withdrawn_at = :now, changed_at = :now
                             where withdrawn_at is null and not exists (select from staged_kev s where s.cve = k.cve)""").param("now", now()).update();
        }
        return touched("staged_kev", reading);
    }

    /** An older catalogue says nothing about what has come since. */
    private boolean isNewest(String feed, @Nullable Instant edition) {
        return edition == null
                || jdbc.sql("select not exists (select from feed_import where feed = ? and edition > ?)")
                        .params(feed, edition.atOffset(ZoneOffset.UTC))
                        .query(Boolean.class)
                        .single();
    }

    private void back(String sql) {
        jdbc.sql(sql).param("now", now()).update();
    }

    private Merged epss(InputStream file) {
        var staged = Staging.open(
                database, "staged_epss (cve text, score numeric(6,5), percentile numeric(6,5), score_date date)");
        var reader = new EpssScores(staged);
        Archive.each(file, reader::read);
        staged.finish();
        if (!reader.ascending()) {
            distinct("staged_epss");
        }
        // A day is the whole table: probed row by row, by a plan for the empty table of the first day, it takes hours.
        jdbc.sql("set local enable_nestloop = off").update();
        var merged = jdbc.sql("""
                        with merged as (
                          merge into epss_score t using staged_epss s on s.cve = t.cve
                          when matched and s.score_date >= t.score_date
                               and (t.score, t.percentile, t.score_date)
                                   is distinct from (s.score, s.percentile, s.score_date) then
                            update set score = s.score, percentile = s.percentile, score_date = s.score_date,
                                       changed_at = :now
                          when not matched then
                            insert (cve, score, percentile, score_date, changed_at)
                            values (s.cve, s.score, s.percentile, s.score_date, :now)
                          returning merge_action() as deed)
                        select count(*) filter (where deed = 'INSERT') as created,
                               count(*) filter (where deed = 'UPDATE') as updated,
                               (select count(*) from staged_epss) as cves
                          from merged""")
                .param("now", now())
                .query((row, number) -> merged(reader.reading(), row))
                .single();
        jdbc.sql("set local enable_nestloop = on").update();
        jdbc.sql("drop table pg_temp.staged_epss").update();
        return merged;
    }

    private static final String VULNERABILITY = """
            (cve text, summary text, published_at timestamptz, modified_at timestamptz, status text, cvss3_vector text,
             cvss3_score numeric(3,1), cvss4_vector text, cvss4_score numeric(3,1), cwes text[], source text)""";
    private static final String VULNERABILITY_COLUMNS =
            "summary, published_at, modified_at, status, cvss3_vector, cvss3_score, cvss4_vector, cvss4_score, cwes, source";
    private static final String NEWER =
            "(s.modified_at is null or t.modified_at is null or s.modified_at >= t.modified_at)";

    private Merged nvd(InputStream file) {
        var staged = Staging.open(database, "staged_nvd " + VULNERABILITY);
        var reader = new NvdPages(staged);
        Archive.each(file, reader::read);
        staged.finish();
        distinct("staged_nvd");
        merge("vulnerability", "staged_nvd", VULNERABILITY_COLUMNS, "t.source <> 'nvd' or " + NEWER);
        return touched("staged_nvd", reader.reading());
    }

    private Merged vulnrichment(InputStream file) {
        var assessments = Staging.open(database, """
                staged_ssvc (cve text, exploitation text, automatable boolean, technical_impact text,
                             assessed_at timestamptz)""");
        var records = Staging.open(database, "staged_record " + VULNERABILITY);
        var reader = new CveRecords(records, assessments);
        Archive.each(file, reader::read);
        assessments.finish();
        records.finish();
        distinct("staged_ssvc");
        distinct("staged_record");
        merge(
                "ssvc_assessment",
                "staged_ssvc",
                "exploitation, automatable, technical_impact, assessed_at",
                "s.assessed_at is null or t.assessed_at is null or s.assessed_at >= t.assessed_at");
        merge("vulnerability", "staged_record", VULNERABILITY_COLUMNS, "t.source <> 'nvd' and " + NEWER);
        jdbc.sql("drop table pg_temp.staged_ssvc").update();
        return touched("staged_record", reader.reading());
    }

    /** A feed that names a CVE twice means its last word. */
    private void distinct(String staged) {
        var twice = jdbc.sql("select exists (select from " + staged + " group by cve having count(*) > 1)")
                .query(Boolean.class)
                .single();
        if (twice) {
            jdbc.sql("delete from " + staged + " a using " + staged + " b where a.cve = b.cve and a.ctid < b.ctid")
                    .update();
        }
    }

    /** Writes only what differs; unchanged rows cost a comparison and no write. */
    private void merge(String table, String staged, String columns, String newer) {
        jdbc.sql("with updated as (" + update(table, staged, columns, newer)
                        + " returning t.cve) insert into touched_cve select cve, false from updated")
                .param("now", now())
                .update();
        jdbc.sql("with created as (" + insert(table, staged, columns)
                        + " returning cve) insert into touched_cve select cve, true from created")
                .param("now", now())
                .update();
    }

    private static String update(String table, String staged, String columns, String newer) {
        var names = List.of(columns.split(", ", -1));
        return "update " + table + " t set "
                + names.stream().map(column -> column + " = s." + column + ", ").collect(Collectors.joining())
                + "changed_at = :now from " + staged + " s where s.cve = t.cve and (" + newer + ") and ("
                + of("t", names) + ") is distinct from (" + of("s", names) + ")";
    }

    private static String insert(String table, String staged, String columns) {
        return "insert into " + table + " (cve, " + columns + ", changed_at) select s.cve, "
                + of("s", List.of(columns.split(", ", -1))) + ", :now from " + staged
                + " s where not exists (select from " + table + " t where t.cve = s.cve)";
    }

    private static String of(String table, List<String> columns) {
        return columns.stream().map(column -> table + "." + column).collect(Collectors.joining(", "));
    }

    /** What several merges did to the CVEs of a file, each counted once. */
    private Merged touched(String staged, Reading reading) {
        var merged = jdbc.sql("""
                        select count(*) filter (where created) as created,
                               count(*) filter (where not created) as updated,
                               (select count(*) from %s) as cves
                          from (select cve, bool_or(created) as created from touched_cve group by cve) t""".formatted(staged))
                .query((row, number) -> merged(reading, row))
                .single();
        jdbc.sql("drop table pg_temp." + staged).update();
        return merged;
    }

    private static Merged merged(Reading reading, ResultSet row) throws SQLException {
        return new Merged(reading, row.getLong("cves"), row.getLong("created"), row.getLong("updated"));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
