package org.patchboard.advisory;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
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
        var reading = switch (feed) {
            case "kev" -> kev(stream);
            case "epss" -> epss(stream);
            case "nvd" -> nvd(stream);
            case "vulnrichment" -> vulnrichment(stream);
            default ->
                throw Refusal.unknown("There is no feed \"" + feed + "\"; there are kev, epss, nvd and vulnrichment.");
        };
        var counts = counts(reading);
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

    private ImportCounts counts(Reading reading) {
        record Touched(long created, long updated, long unchanged) {}
        var touched = jdbc.sql("""
                        select count(*) filter (where created) as created,
                               count(*) filter (where not created) as updated,
                               (select count(*) from staged_cve) as unchanged
                          from (select cve, bool_or(created) as created from touched_cve group by cve) t""").query(Touched.class).single();
        jdbc.sql("drop table pg_temp.staged_cve").update();
        return new ImportCounts(
                reading.read(),
                touched.created(),
                touched.updated(),
                touched.unchanged() - touched.created() - touched.updated(),
                reading.rejected());
    }

    private Reading kev(InputStream file) {
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
        remember("staged_kev");
        return reading;
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

    private Reading epss(InputStream file) {
        var staged = Staging.open(
                database, "staged_epss (cve text, score numeric(6,5), percentile numeric(6,5), score_date date)");
        var reader = new EpssScores(staged);
        Archive.each(file, reader::read);
        staged.finish();
        distinct("staged_epss");
        merge("epss_score", "staged_epss", "score, percentile, score_date", "s.score_date >= t.score_date");
        remember("staged_epss");
        return reader.reading();
    }

    private static final String VULNERABILITY = """
            (cve text, summary text, published_at timestamptz, modified_at timestamptz, status text, cvss3_vector text,
             cvss3_score numeric(3,1), cvss4_vector text, cvss4_score numeric(3,1), cwes text[], source text)""";
    private static final String VULNERABILITY_COLUMNS =
            "summary, published_at, modified_at, status, cvss3_vector, cvss3_score, cvss4_vector, cvss4_score, cwes, source";
    private static final String NEWER =
            "(s.modified_at is null or t.modified_at is null or s.modified_at >= t.modified_at)";

    private Reading nvd(InputStream file) {
        var staged = Staging.open(database, "staged_nvd " + VULNERABILITY);
        var reader = new NvdPages(staged);
        Archive.each(file, reader::read);
        staged.finish();
        distinct("staged_nvd");
        merge("vulnerability", "staged_nvd", VULNERABILITY_COLUMNS, "t.source <> 'nvd' or " + NEWER);
        remember("staged_nvd");
        return reader.reading();
    }

    private Reading vulnrichment(InputStream file) {
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
        remember("staged_record");
        return reader.reading();
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
        var assignments = new StringBuilder();
        var present = new StringBuilder();
        for (var column : columns.split(", ", -1)) {
            assignments.append(column).append(" = s.").append(column).append(", ");
            present.append(present.isEmpty() ? "" : ", ").append("t.").append(column);
        }
        var wanted = present.toString().replace("t.", "s.");
        jdbc.sql("with updated as (update " + table + " t set " + assignments + "changed_at = :now from " + staged
                        + " s where s.cve = t.cve and (" + newer + ") and (" + present + ") is distinct from (" + wanted
                        + ") returning t.cve) insert into touched_cve select cve, false from updated")
                .param("now", now())
                .update();
        jdbc.sql(
                        "with created as (insert into " + table + " (cve, " + columns + ", changed_at) select s.cve, "
                                + wanted
                                + ", :now from " + staged + " s where not exists (select from " + table
                                + " t where t.cve = s.cve) returning cve) insert into touched_cve select cve, true from created")
                .param("now", now())
                .update();
    }

    /** What was in the file, to be counted once. */
    private void remember(String staged) {
        jdbc.sql("alter table pg_temp." + staged + " rename to staged_cve").update();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
