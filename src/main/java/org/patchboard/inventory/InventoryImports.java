package org.patchboard.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

/**
 * Imports assets and what is installed on them. One transaction; a file is a snapshot of the assets it names: packages
 * it does not list are gone from them, assets it does not name stay as they are.
 */
@UseCase
public class InventoryImports {

    private static final Set<String> CSV_COLUMNS = Set.of(
            "name",
            "kind",
            "os_family",
            "os_name",
            "os_version",
            "address",
            "maintenance_group",
            "criticality",
            "exposure",
            "environment",
            "ha_group",
            "owner",
            "tags",
            "ecosystem",
            "package",
            "version");
    private static final Set<String> KINDS = Set.of("server", "workstation", "network-device", "container-image");
    private static final Set<String> CRITICALITIES = Set.of("low", "medium", "high", "very-high");
    private static final Set<String> EXPOSURES = Set.of("internal", "public");
    private static final Set<String> ENVIRONMENTS = Set.of("lab", "test", "production");
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._/:@-]{0,252}";

    private final DataSource database;
    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    InventoryImports(DataSource database, JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Imports one file.
     *
     * @param source {@code csv}, {@code ansible-facts} or {@code cyclonedx}
     * @param asset name for a file that does not say whose it is, or null
     * @throws MalformedInput with line or JSON path; nothing was changed
     */
    public ImportCounts importFile(String source, InputStream file, @Nullable String asset, Actor actor) {
        var digest = Sha256.digest();
        var stream = new DigestInputStream(file, digest);
        var rejected = new ArrayList<String>();
        try (var assets = Staging.open(database, """
                        staged_asset (name text, kind text, os_family text, os_name text, os_version text, kernel text,
                          address text, maintenance_group text, criticality text, exposure text, environment text,
                          ha_group text, owner text, tags text[])""")) {
            var packages = new ArrayList<Object[]>();
            long read = switch (source) {
                case "csv" -> csv(stream, assets, packages);
                case "ansible-facts" -> facts(stream, asset, assets, packages, rejected);
                case "cyclonedx" -> cyclonedx(stream, asset, assets, packages);
                default ->
                    throw Refusal.unknown("There is no inventory source \"" + source
                            + "\"; there are csv, ansible-facts and cyclonedx.");
            };
            assets.finish();
            try (var staged =
                    Staging.open(database, "staged_package (asset text, ecosystem text, name text, version text)")) {
                packages.forEach(staged::add);
                staged.finish();
            }
            var counts = merge(read, source, rejected);
            jdbc.sql("""
                            insert into inventory_import (source, digest, actor, at, read, created, updated, unchanged)
                            values (?, ?, ?, ?, ?, ?, ?, ?)""")
                    .params(
                            source,
                            digest.digest(),
                            actor.name(),
                            now(),
                            counts.read(),
                            counts.created(),
                            counts.updated(),
                            counts.unchanged())
                    .update();
            audit.record(
                    "inventory",
                    actor,
                    "inventory-imported",
                    source,
                    Map.of("read", counts.read(), "created", counts.created(), "updated", counts.updated()));
            return counts;
        }
    }

    private static long csv(InputStream file, Staging assets, List<Object[]> packages) {
        long read = 0;
        var seen = new java.util.HashSet<String>();
        try (CsvReader<NamedCsvRecord> rows =
                CsvReader.builder().ofNamedCsvRecord(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (var row : rows) {
                var place = "line " + row.getStartingLineNumber();
                if (read == 0) {
                    for (var column : row.getHeader()) {
                        if (!CSV_COLUMNS.contains(column)) {
                            throw new MalformedInput(
                                    "line 1",
                                    "there is no column \"" + column + "\"; there are "
                                            + String.join(
                                                    ", ",
                                                    CSV_COLUMNS.stream()
                                                            .sorted()
                                                            .toList()));
                        }
                    }
                }
                read++;
                var name = field(row, "name").orElseThrow(() -> new MalformedInput(place, "\"name\" is empty"));
                if (!name.matches(NAME)) {
                    throw new MalformedInput(place, "not a name of an asset: " + name);
                }
                if (seen.add(name)) {
                    assets.add(
                            name,
                            one(row, "kind", KINDS, "server", place),
                            field(row, "os_family").orElse(null),
                            field(row, "os_name").orElse(null),
                            field(row, "os_version").orElse(null),
                            null,
                            field(row, "address").orElse(null),
                            field(row, "maintenance_group").orElse(null),
                            one(row, "criticality", CRITICALITIES, "medium", place),
                            one(row, "exposure", EXPOSURES, "internal", place),
                            one(row, "environment", ENVIRONMENTS, "production", place),
                            field(row, "ha_group").orElse(null),
                            field(row, "owner").orElse(null),
                            array(field(row, "tags").orElse("")));
                }
                var ecosystem = field(row, "ecosystem");
                if (ecosystem.isPresent()) {
                    packages.add(new Object[] {
                        name,
                        ecosystem.get(),
                        field(row, "package").orElseThrow(() -> new MalformedInput(place, "\"package\" is empty")),
                        field(row, "version").orElseThrow(() -> new MalformedInput(place, "\"version\" is empty"))
                    });
                }
            }
            return read;
        } catch (CsvParseException e) {
            throw new MalformedInput("line " + (read + 2), "not CSV (RFC 4180): " + e.getMessage(), e);
        } catch (java.io.IOException | UncheckedIOException e) {
            throw new MalformedInput("the file", "it cannot be read to its end: " + e.getMessage(), e);
        }
    }

    private static long facts(
            InputStream file, @Nullable String asset, Staging assets, List<Object[]> packages, List<String> rejected) {
        return JsonItems.read(file, "", (item, path) -> {
            var facts = item.has("ansible_facts") ? item.get("ansible_facts") : item;
            if (item.path("unreachable").asBoolean(false)) {
                rejected.add(
                        path + ": the host was unreachable: " + item.path("msg").asText());
                return;
            }
            var name = asset != null ? asset : fact(facts, "hostname");
            if (name == null || !name.matches(NAME)) {
                throw new MalformedInput(path, "neither \"asset\" was given nor do the facts have a host name");
            }
            assets.add(
                    name,
                    "server",
                    fact(facts, "os_family"),
                    fact(facts, "distribution"),
                    fact(facts, "distribution_version"),
                    fact(facts, "kernel"),
                    facts.path("ansible_default_ipv4").path("address").asText(null),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
            var manager = fact(facts, "pkg_mgr");
            var ecosystem = "apt".equals(manager) ? "deb" : "apk".equals(manager) ? "apk" : "rpm";
            facts.path("packages").fields().forEachRemaining(entry -> {
                var newest = newest(ecosystem, entry.getValue());
                if (newest != null) {
                    packages.add(new Object[] {name, ecosystem, entry.getKey(), newest});
                }
            });
        });
    }

    private static @Nullable String newest(String ecosystem, JsonNode versions) {
        String newest = null;
        for (var version : versions) {
            var release = version.path("release").asText("");
            var text = version.path("version").asText() + (release.isEmpty() ? "" : "-" + release);
            if (newest == null || Versions.compare(ecosystem, text, newest) > 0) {
                newest = text;
            }
        }
        return newest;
    }

    private static @Nullable String fact(JsonNode facts, String name) {
        return facts.path("ansible_" + name).asText(null);
    }

    private static long cyclonedx(InputStream file, @Nullable String asset, Staging assets, List<Object[]> packages) {
        if (asset == null || !asset.matches(NAME)) {
            throw Refusal.incomplete("Say whose bill of materials this is, with asset=NAME.");
        }
        assets.add(asset, "container-image", null, null, null, null, null, null, null, null, null, null, null, null);
        JsonItems.read(file, "components", (item, path) -> {
            var purl = item.path("purl").asText("");
            if (purl.isEmpty()) {
                return;
            }
            try {
                var parsed = new com.github.packageurl.PackageURL(purl);
                if (parsed.getVersion() != null) {
                    packages.add(new Object[] {
                        asset,
                        parsed.getType(),
                        parsed.getNamespace() == null
                                        || parsed.getType().equals("deb")
                                        || parsed.getType().equals("rpm")
                                ? parsed.getName()
                                : parsed.getNamespace() + "/" + parsed.getName(),
                        parsed.getVersion()
                    });
                }
            } catch (com.github.packageurl.MalformedPackageURLException e) {
                throw new MalformedInput(path + ".purl", "not a package URL: " + purl, e);
            }
        });
        return 1;
    }

    /** What a file leaves out stays as it is: facts know nothing of criticality, a CSV nothing of the kernel. */
    private ImportCounts merge(long read, String source, List<String> rejected) {
        var missing = jdbc.sql("""
                        select s.name || ' (' || s.maintenance_group || ')' from staged_asset s
                         where s.maintenance_group is not null
                           and not exists (select from maintenance_group g where g.id = s.maintenance_group) limit 1""").query(String.class).optional();
        if (missing.isPresent()) {
            throw new MalformedInput("maintenance_group", "there is no such maintenance group: " + missing.get());
        }
        var columns = "kind, os_family, os_name, os_version, kernel, address, maintenance_group, criticality, exposure,"
                + " environment, ha_group, owner, tags";
        long distinct = jdbc.sql("select count(distinct name) from staged_asset")
                .query(Long.class)
                .single();
        var assignments = new StringBuilder();
        var differs = new StringBuilder();
        for (var column : columns.split(", ?", -1)) {
            assignments
                    .append(column)
                    .append(" = coalesce(s.")
                    .append(column)
                    .append(", a.")
                    .append(column)
                    .append("), ");
            differs.append(differs.isEmpty() ? "" : " or ")
                    .append("s.")
                    .append(column)
                    .append(" is not null and s.")
                    .append(column)
                    .append(" is distinct from a.")
                    .append(column);
        }
        var createdNames = jdbc.sql("""
                        insert into asset (name, kind, os_family, os_name, os_version, kernel, address, maintenance_group,
                                           criticality, exposure, environment, ha_group, owner, tags, source, first_seen,
                                           last_seen, changed_at)
                        select distinct on (name) name, kind, os_family, os_name, os_version, kernel, address, maintenance_group,
                               coalesce(criticality, 'medium'), coalesce(exposure, 'internal'),
                               coalesce(environment, 'production'), ha_group, owner, coalesce(tags, '{}'), :source, :now, :now, :now
                          from staged_asset s
                         where not exists (select from asset a where a.name = s.name)
                        returning name""")
                .param("source", source)
                .param("now", now())
                .query(String.class)
                .list();
        long created = createdNames.size();
        var changed = jdbc.sql("update asset a set " + assignments + "changed_at = :now from staged_asset s"
                        + " where s.name = a.name and (" + differs + ") returning a.id")
                .param("now", now())
                .query(Long.class)
                .list();
        var touched = new java.util.HashSet<>(changed);
        touched.addAll(packages());
        jdbc.sql("update asset a set last_seen = :now from staged_asset s where s.name = a.name")
                .param("now", now())
                .update();
        long updated = jdbc.sql("select count(*) from asset where id = any(:ids) and name <> all(:created)")
                .param("ids", touched.toArray(Long[]::new))
                .param("created", createdNames.toArray(String[]::new))
                .query(Long.class)
                .single();
        return new ImportCounts(read, created, updated, distinct - created - updated, rejected);
    }

    /** Replaces the packages of the assets that the file lists packages for; returns the assets it changed. */
    private List<Long> packages() {
        jdbc.sql("""
                        insert into package_version (ecosystem, name, version, version_key)
                        select distinct ecosystem, name, version, ''::bytea from staged_package s
                        on conflict do nothing""").update();
        jdbc.sql("""
                        create temporary table staged_installed on commit drop as
                        select distinct a.id as asset, v.id as package_version
                          from staged_package s join asset a on a.name = s.asset
                          join package_version v on v.ecosystem = s.ecosystem and v.name = s.name and v.version = s.version""").update();
        var removed = jdbc.sql("""
                        delete from installed_package i
                         where i.asset in (select asset from staged_installed)
                           and not exists (select from staged_installed s
                                            where s.asset = i.asset and s.package_version = i.package_version)
                        returning i.asset""").query(Long.class).list();
        var added = jdbc.sql("""
                        insert into installed_package (asset, package_version)
                        select asset, package_version from staged_installed
                        on conflict do nothing returning asset""").query(Long.class).list();
        jdbc.sql("drop table staged_installed").update();
        var changed = new java.util.HashSet<>(removed);
        changed.addAll(added);
        return List.copyOf(changed);
    }

    private static Optional<String> field(NamedCsvRecord row, String name) {
        return row.findField(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String one(NamedCsvRecord row, String name, Set<String> allowed, String otherwise, String place) {
        var value = field(row, name).orElse(otherwise);
        if (!allowed.contains(value)) {
            throw new MalformedInput(
                    place,
                    "\"%s\" is one of %s, not %s"
                            .formatted(
                                    name,
                                    String.join(", ", allowed.stream().sorted().toList()),
                                    value));
        }
        return value;
    }

    private static String array(String tags) {
        return "{"
                + String.join(
                        ",",
                        List.of(tags.split("[;, ]+", -1)).stream()
                                .filter(t -> t.matches("[A-Za-z0-9_.:-]+"))
                                .toList())
                + "}";
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
