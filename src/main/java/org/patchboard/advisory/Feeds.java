package org.patchboard.advisory;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.bulk.JsonItems;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;
import us.springett.cvss.Cvss;

/**
 * Imports what the world says about CVEs. A feed is one transaction: all of it, or none with the place of the fault.
 */
@UseCase
public class Feeds {

    private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,}");
    private static final Pattern SCORE_DATE = Pattern.compile("score_date:([0-9]{4}-[0-9]{2}-[0-9]{2})");
    private static final String ADP = "CISA ADP Vulnrichment";

    private final DataSource database;
    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Feeds(DataSource database, JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Imports one file of a feed.
     *
     * @param feed {@code kev}, {@code epss}, {@code nvd} or {@code vulnrichment}
     * @param file not compressed
     * @throws MalformedInput with the place; nothing was changed
     */
    public ImportCounts importFile(String feed, InputStream file, Actor actor) {
        var digest = Sha256.digest();
        var stream = new DigestInputStream(file, digest);
        var counts = switch (feed) {
            case "kev" -> kev(stream);
            case "epss" -> epss(stream);
            case "nvd" -> nvd(stream);
            case "vulnrichment" -> vulnrichment(stream);
            default ->
                throw Refusal.unknown("There is no feed \"" + feed + "\"; there are kev, epss, nvd and vulnrichment.");
        };
        jdbc.sql("""
                        insert into feed_import (feed, digest, actor, at, read, created, updated, unchanged)
                        values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        feed,
                        digest.digest(),
                        actor.name(),
                        clock.instant().atOffset(ZoneOffset.UTC),
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
        return counts;
    }

    private ImportCounts kev(InputStream file) {
        try (var staged = Staging.open(database, """
                staged_kev (cve text, vendor text, product text, name text, date_added date, due_date date,
                            required_action text, ransomware boolean, notes text)""")) {
            var read = JsonItems.read(
                    file,
                    "vulnerabilities",
                    (item, path) -> staged.add(
                            cve(JsonItems.text(item, "cveID", path), path + ".cveID"),
                            item.path("vendorProject").asText(),
                            item.path("product").asText(),
                            item.path("vulnerabilityName").asText(),
                            date(JsonItems.text(item, "dateAdded", path), path + ".dateAdded"),
                            item.hasNonNull("dueDate")
                                    ? date(item.get("dueDate").asText(), path + ".dueDate")
                                    : null,
                            item.path("requiredAction").asText(),
                            "Known"
                                    .equals(item.path("knownRansomwareCampaignUse")
                                            .asText()),
                            item.path("notes").asText()));
            staged.finish();
            var counts = merge(
                    read,
                    "kev_entry",
                    "staged_kev",
                    "vendor, product, name, date_added, due_date, required_action, ransomware, notes");
            jdbc.sql("""
                            update kev_entry k set withdrawn_at = :now
                             where withdrawn_at is null and not exists (select from staged_kev s where s.cve = k.cve)""").param("now", clock.instant().atOffset(ZoneOffset.UTC)).update();
            jdbc.sql(
                            "update kev_entry k set withdrawn_at = null from staged_kev s where s.cve = k.cve and withdrawn_at is not null")
                    .update();
            return counts;
        }
    }

    private ImportCounts epss(InputStream file) {
        var text = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8), 1 << 16);
        try (var staged = Staging.open(
                database, "staged_epss (cve text, score numeric(6,5), percentile numeric(6,5), score_date date)")) {
            var comment = text.readLine();
            var dated = comment == null ? null : SCORE_DATE.matcher(comment);
            if (dated == null || !comment.startsWith("#") || !dated.find()) {
                throw new MalformedInput("line 1", "a comment with score_date:YYYY-MM-DD was expected");
            }
            var scored = date(dated.group(1), "line 1");
            if (!"cve,epss,percentile".equals(text.readLine())) {
                throw new MalformedInput("line 2", "the header cve,epss,percentile was expected");
            }
            int read = 0;
            try (CsvReader<CsvRecord> rows = CsvReader.builder().ofCsvRecord(text)) {
                for (var row : rows) {
                    var place = "line " + (row.getStartingLineNumber() + 2);
                    if (row.getFieldCount() != 3) {
                        throw new MalformedInput(place, "three columns were expected");
                    }
                    staged.add(
                            cve(row.getField(0), place),
                            probability(row.getField(1), place),
                            probability(row.getField(2), place),
                            scored);
                    read++;
                }
            }
            staged.finish();
            return merge(read, "epss_score", "staged_epss", "score, percentile, score_date");
        } catch (IOException e) {
            throw new MalformedInput("the file", "it cannot be read to its end: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new MalformedInput("the file", "it cannot be read to its end: " + e.getMessage(), e);
        }
    }

    private ImportCounts nvd(InputStream file) {
        try (var staged = Staging.open(database, """
                staged_nvd (cve text, summary text, published_at timestamptz, modified_at timestamptz, status text,
                            cvss3_vector text, cvss3_score numeric(3,1), cvss4_vector text, cvss4_score numeric(3,1),
                            cwes text[], source text)""")) {
            var read = JsonItems.read(file, "vulnerabilities", (item, path) -> {
                var cve = item.path("cve");
                var three = vector(cve.path("metrics"), "cvssMetricV31", "cvssMetricV30");
                var four = vector(cve.path("metrics"), "cvssMetricV40");
                staged.add(
                        cve(JsonItems.text(cve, "id", path + ".cve"), path + ".cve.id"),
                        english(cve.path("descriptions")),
                        timestamp(cve.path("published").asText(null)),
                        timestamp(cve.path("lastModified").asText(null)),
                        cve.path("vulnStatus").asText(),
                        three,
                        score(three, path),
                        four,
                        score(four, path),
                        cwes(cve.path("weaknesses")),
                        "nvd");
            });
            staged.finish();
            return merge(
                    read,
                    "vulnerability",
                    "staged_nvd",
                    "summary, published_at, modified_at, status, cvss3_vector, cvss3_score, cvss4_vector, cvss4_score, cwes, source");
        }
    }

    private ImportCounts vulnrichment(InputStream file) {
        var rejected = new ArrayList<String>();
        try (var staged = Staging.open(
                database,
                "staged_ssvc (cve text, exploitation text, automatable boolean, technical_impact text, assessed_at timestamptz)")) {
            var read = JsonItems.read(file, "", (item, path) -> {
                var cve = cve(
                        JsonItems.text(item.path("cveMetadata"), "cveId", path + ".cveMetadata"),
                        path + ".cveMetadata.cveId");
                var content = ssvc(item);
                if (content == null) {
                    rejected.add(path + ": " + cve + " has no SSVC assessment by CISA");
                    return;
                }
                var options = new java.util.HashMap<String, String>();
                content.path("options")
                        .forEach(option -> option.fields()
                                .forEachRemaining(field -> options.put(
                                        field.getKey(), field.getValue().asText())));
                staged.add(
                        cve,
                        one(options, "Exploitation", List.of("none", "poc", "active"), path),
                        one(options, "Automatable", List.of("yes", "no"), path).equals("yes"),
                        one(options, "Technical Impact", List.of("partial", "total"), path),
                        timestamp(content.path("timestamp").asText(null)));
            });
            staged.finish();
            var counts = merge(
                    read, "ssvc_assessment", "staged_ssvc", "exploitation, automatable, technical_impact, assessed_at");
            return new ImportCounts(read, counts.created(), counts.updated(), counts.unchanged(), rejected);
        }
    }

    /** Writes only what differs; unchanged rows cost a comparison and no write. */
    private ImportCounts merge(int read, String table, String staged, String columns) {
        var assignments = new StringBuilder();
        var present = new StringBuilder();
        for (var column : columns.split(", ", -1)) {
            assignments
                    .append(assignments.isEmpty() ? "" : ", ")
                    .append(column)
                    .append(" = s.")
                    .append(column);
            present.append(present.isEmpty() ? "" : ", ").append("t.").append(column);
        }
        var wanted = present.toString().replace("t.", "s.");
        // A feed that names a CVE twice means its last word.
        jdbc.sql("delete from " + staged + " a using " + staged + " b where a.cve = b.cve and a.ctid < b.ctid")
                .update();
        long distinct =
                jdbc.sql("select count(*) from " + staged).query(Long.class).single();
        long updated = jdbc.sql("update " + table + " t set " + assignments + " from " + staged
                        + " s where s.cve = t.cve and (" + present + ") is distinct from (" + wanted + ")")
                .update();
        long created = jdbc.sql("insert into " + table + " (cve, " + columns + ") select s.cve, " + wanted + " from "
                        + staged + " s where not exists (select from " + table + " t where t.cve = s.cve)")
                .update();
        return new ImportCounts(read, created, updated, distinct - created - updated, List.of());
    }

    private static @Nullable JsonNode ssvc(JsonNode item) {
        for (var container : item.path("containers").path("adp")) {
            if (ADP.equals(container.path("title").asText())) {
                for (var metric : container.path("metrics")) {
                    if ("ssvc".equals(metric.path("other").path("type").asText())) {
                        return metric.path("other").path("content");
                    }
                }
            }
        }
        return null;
    }

    private static String one(Map<String, String> options, String name, List<String> allowed, String path) {
        var value = options.get(name);
        if (value == null || !allowed.contains(value)) {
            throw new MalformedInput(path, "SSVC \"" + name + "\" is one of " + allowed + ", not " + value);
        }
        return value;
    }

    private static @Nullable String vector(JsonNode metrics, String... kinds) {
        for (var kind : kinds) {
            JsonNode chosen = null;
            for (var metric : metrics.path(kind)) {
                if (chosen == null || "Primary".equals(metric.path("type").asText())) {
                    chosen = metric;
                }
            }
            if (chosen != null) {
                return chosen.path("cvssData").path("vectorString").asText(null);
            }
        }
        return null;
    }

    /** Computed from the vector (FIRST CVSS v3.1 and v4.0 specifications); the file's own number is not trusted. */
    static @Nullable Double score(@Nullable String vector, String path) {
        if (vector == null) {
            return null;
        }
        var cvss = Cvss.fromVector(vector);
        if (cvss == null) {
            throw new MalformedInput(path, "not a CVSS vector: " + vector);
        }
        return cvss.calculateScore().getBaseScore();
    }

    private static String english(JsonNode descriptions) {
        for (var description : descriptions) {
            if ("en".equals(description.path("lang").asText())) {
                return description.path("value").asText();
            }
        }
        return "";
    }

    private static String cwes(JsonNode weaknesses) {
        var found = new java.util.TreeSet<String>();
        weaknesses.forEach(weakness -> weakness.path("description").forEach(description -> {
            var cwe = description.path("value").asText();
            if (cwe.matches("CWE-[0-9]+")) {
                found.add(cwe);
            }
        }));
        return "{" + String.join(",", found) + "}";
    }

    private static String cve(String id, String place) {
        if (!CVE.matcher(id).matches()) {
            throw new MalformedInput(place, "not a CVE id: " + id);
        }
        return id;
    }

    private static LocalDate date(String text, String place) {
        try {
            return LocalDate.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new MalformedInput(place, "not a date: " + text, e);
        }
    }

    /** NVD writes local times without a zone and means UTC. */
    private static @Nullable String timestamp(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        return text.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})") ? text : text + "Z";
    }

    private static double probability(String text, String place) {
        try {
            var number = Double.parseDouble(text);
            if (number >= 0 && number <= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new MalformedInput(place, "not a probability: " + text, e);
        }
        throw new MalformedInput(place, "not a probability: " + text);
    }
}
