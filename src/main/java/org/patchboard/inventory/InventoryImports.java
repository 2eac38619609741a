package org.patchboard.inventory;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.inventory.spi.HostInventory.Facts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Imports assets and what is installed on them. One transaction; a file is a snapshot of the assets it names: packages
 * it does not list are gone from them, assets it does not name stay as they are, and so does what it does not say.
 */
@UseCase
public class InventoryImports {

    private static final List<String> COLUMNS = List.of(
            "kind",
            "os_family",
            "os_name",
            "os_version",
            "kernel",
            "address",
            "maintenance_group",
            "criticality",
            "exposure",
            "environment",
            "ha_group",
            "owner",
            "tags");

    private final DataSource database;
    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    InventoryImports(
            DataSource database, JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.database = database;
        this.jdbc = jdbc;
        this.audit = audit;
        this.events = events;
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
        if (asset != null && !Intake.NAME.matcher(asset).matches()) {
            throw Refusal.incomplete("Not a name of an asset: " + asset);
        }
        var intake = new Intake(database);
        long read = switch (source) {
            case "csv" -> new CsvInventory(intake).read(stream);
            case "ansible-facts" -> new FactsInventory(intake, asset).read(stream);
            case "cyclonedx" -> {
                if (asset == null) {
                    throw Refusal.incomplete("Say whose bill of materials this is, with asset=NAME.");
                }
                yield new BomInventory(intake).read(stream, asset);
            }
            default ->
                throw Refusal.unknown("There is no inventory source \"" + source
                        + "\"; there are csv, ansible-facts and cyclonedx, and ansible for hosts themselves.");
        };
        return keep(source, source.equals("csv"), read, intake, digest, actor);
    }

    /**
     * Imports what hosts said of themselves. They are called as they were asked for, and are where they were reached.
     *
     * @param product who asked them
     * @param maintenanceGroup the hosts belong to from now on; null leaves that as it is
     */
    ImportCounts importFacts(String product, Facts facts, @Nullable String maintenanceGroup, Actor actor) {
        if (!facts.format().equals("ansible-facts")) {
            throw new IllegalStateException(product + " speaks " + facts.format() + ", which nobody here reads");
        }
        var digest = Sha256.digest();
        var intake = new Intake(database);
        var reader = new FactsInventory(intake, null);
        for (var document : facts.documents()) {
            digest.update(document.content());
            reader.read(document.open(), document.host().name(), document.host().address(), maintenanceGroup);
        }
        facts.unreachable().forEach(line -> intake.reject("not reached", line));
        return keep(product, false, facts.documents().size(), intake, digest, actor);
    }

    private ImportCounts keep(
            String source, boolean manyLines, long read, Intake intake, MessageDigest digest, Actor actor) {
        var counts = merge(read, source, manyLines, intake);
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
                Map.of(
                        "read", counts.read(),
                        "created", counts.created(),
                        "updated", counts.updated(),
                        "rejected", counts.rejected().size()));
        events.publishEvent(new InventoryImported(now().toInstant()));
        return counts;
    }

    private ImportCounts merge(long read, String source, boolean manyLines, Intake intake) {
        var rejected = intake.finish();
        // Sets are joined in memory, not on disk.
        jdbc.sql("set local work_mem = '64MB'").update();
        checkNames(manyLines);
        checkGroups();
        jdbc.sql("create temporary table named_asset on commit drop as select name, min(number) as number, "
                        + COLUMNS.stream()
                                .map(column -> "max(" + column + ") as " + column)
                                .collect(Collectors.joining(", "))
                        + " from staged_asset group by name")
                .update();
        jdbc.sql("create temporary table touched_asset (id bigint, created boolean) on commit drop")
                .update();
        long created = jdbc.sql("""
                        with created as (
                          insert into asset (name, kind, os_family, os_name, os_version, kernel, address,
                                             maintenance_group, criticality, exposure, environment, ha_group, owner, tags,
                                             source, first_seen, last_seen, changed_at)
                          select name, coalesce(kind, 'server'), os_family, os_name, os_version, kernel, address,
                                 maintenance_group, coalesce(criticality, 'medium'), coalesce(exposure, 'internal'),
                                 coalesce(environment, 'production'), ha_group, owner, coalesce(tags, '{}'), :source,
                                 :now, :now, :now
                            from named_asset s
                           where not exists (select from asset a where a.name = s.name)
                           order by number
                          returning id)
                        insert into touched_asset select id, true from created""").param("source", source).param("now", now()).update();
        jdbc.sql("with changed as (update asset a set "
                        + COLUMNS.stream()
                                .map(column -> column + " = coalesce(s." + column + ", a." + column + ")")
                                .collect(Collectors.joining(", "))
                        + ", changed_at = :now from named_asset s where s.name = a.name and ("
                        + COLUMNS.stream()
                                .map(column -> "s." + column + " is distinct from a." + column + " and s." + column
                                        + " is not null")
                                .collect(Collectors.joining(" or "))
                        + ") returning a.id) insert into touched_asset select id, false from changed")
                .param("now", now())
                .update();
        packages(intake.repeats() || severalTimes());
        jdbc.sql("update asset a set last_seen = :now from named_asset s where s.name = a.name")
                .param("now", now())
                .update();
        long updated = jdbc.sql("""
                        select count(*) from (select id from touched_asset group by id having not bool_or(created)) u""").query(Long.class).single();
        long distinct =
                jdbc.sql("select count(*) from named_asset").query(Long.class).single();
        List.of("named_asset", "touched_asset")
                .forEach(table -> jdbc.sql("drop table pg_temp." + table).update());
        return new ImportCounts(read, created, updated, distinct - created - updated, rejected);
    }

    /** A file may name an asset in many lines; what it says about it must be one thing. */
    private void checkNames(boolean manyLines) {
        var different = COLUMNS.stream()
                .map(column -> "min(" + column + ") <> max(" + column + ")")
                .collect(Collectors.joining(" or "));
        jdbc.sql(
                        "select (array_agg(place order by number desc))[1] || '|' || name from staged_asset group by name having "
                                + (manyLines ? different : "count(*) > 1") + " order by min(number) limit 1")
                .query(String.class)
                .optional()
                .ifPresent(found -> {
                    var parts = found.split("\\|", 2);
                    throw new MalformedInput(
                            parts[0],
                            manyLines
                                    ? "this contradicts what an earlier line says about " + parts[1]
                                    : parts[1] + " is there twice");
                });
    }

    private void checkGroups() {
        jdbc.sql("""
                        select s.place || '|' || s.maintenance_group from staged_asset s
                         where s.maintenance_group is not null
                           and not exists (select from maintenance_group g where g.id = s.maintenance_group)
                         order by number limit 1""").query(String.class).optional().ifPresent(found -> {
            var parts = found.split("\\|", 2);
            throw new MalformedInput(parts[0], "there is no maintenance group " + parts[1]);
        });
    }

    /** Whether the file comes back to an asset that it had left. */
    private boolean severalTimes() {
        return jdbc.sql("select (select count(*) from staged_asset) > (select count(*) from named_asset)")
                .query(Boolean.class)
                .single();
    }

    /** Replaces the packages of the assets for which there are any; only what differs is written. */
    private void packages(boolean repeats) {
        // Looked up before the first is written: a plan for an empty table reads it again for each row while it grows.
        table("new_version", """
                select distinct ecosystem, name, version from staged_version s
                 where not exists (select from package_version v where v.ecosystem = s.ecosystem
                                      and v.name = s.name and v.version = s.version)""");
        jdbc.sql("""
                        insert into package_version (ecosystem, name, version)
                        select ecosystem, name, version from new_version order by ecosystem, name, version
                        on conflict do nothing""").update();
        // Small maps first, each with its statistics: joined in one go the planner takes ten rows for a million.
        table("asset_number", """
                select n.number, a.id as asset from staged_asset n join asset a on a.name = n.name""");
        table("version_number", """
                select s.number, v.id as package_version from staged_version s
                  join package_version v on v.ecosystem = s.ecosystem and v.name = s.name and v.version = s.version""");
        table("wanted_package", """
                select a.asset, v.package_version
                  from staged_package p
                  join asset_number a on a.number = p.asset
                  join version_number v on v.number = p.version
                """ + (repeats ? "group by a.asset, v.package_version" : ""));
        // What has no packages yet is not compared.
        table("told_asset", """
                select w.asset, not exists (select from installed_package i where i.asset = w.asset) as bare
                  from (select distinct asset from wanted_package) w""");
        table("different_package", """
                select coalesce(w.asset, i.asset) as asset,
                       coalesce(w.package_version, i.package_version) as package_version,
                       i.asset is null as added
                  from (select * from wanted_package where asset in (select asset from told_asset where not bare)) w
                  full join (select * from installed_package
                              where asset in (select asset from told_asset where not bare)) i
                    on i.asset = w.asset and i.package_version = w.package_version
                 where w.asset is null or i.asset is null""");
        jdbc.sql("""
                        delete from installed_package i using different_package d
                         where not d.added and i.asset = d.asset and i.package_version = d.package_version""").update();
        jdbc.sql("""
                        insert into installed_package (asset, package_version)
                        select asset, package_version from different_package where added
                        union all
                        select asset, package_version from wanted_package
                         where asset in (select asset from told_asset where bare)
                        order by asset, package_version""").update();
        jdbc.sql("""
                        insert into touched_asset
                        select distinct asset, false from different_package
                        union all
                        select asset, false from told_asset where bare""").update();
        jdbc.sql("update asset set packages_at = ? where id in (select asset from told_asset)")
                .param(now())
                .update();
        List.of("new_version", "asset_number", "version_number", "wanted_package", "told_asset", "different_package")
                .forEach(table -> jdbc.sql("drop table pg_temp." + table).update());
    }

    private void table(String name, String query) {
        jdbc.sql("create temporary table " + name + " on commit drop as " + query)
                .update();
        jdbc.sql("analyze pg_temp." + name).update();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
