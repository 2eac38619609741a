package org.patchboard.lifecycle.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange.Scoped;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.patchboard.shared.Versions;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Joins findings and inventory into what a change is about: which hosts, and what each must end up with. */
@UseCase
public class Scopes {

    private static final Actor ACTOR = Actor.system("matching");

    private final JdbcClient jdbc;
    private final Changes changes;

    Scopes(JdbcClient jdbc, Changes changes) {
        this.jdbc = jdbc;
        this.changes = changes;
    }

    /** CVEs and hosts of a group that one package update cures, from open findings with a known fix. */
    public record Found(List<String> cves, List<Scoped> scope) {}

    private record Row(long asset, String cve, String ecosystem, String name, String installed, String fixed) {}

    /** What the open findings of a group say about one package. */
    public Found found(String maintenanceGroup, String ecosystem, String name) {
        var rows = jdbc.sql("""
                        select f.asset, f.cve, f.ecosystem, f.package, f.installed_version, f.fixed_version
                          from finding f join asset a on a.id = f.asset
                         where f.state = 'open' and f.fixed_version is not null
                           and a.maintenance_group = ? and f.ecosystem = ? and f.package = ?
                         order by f.asset, f.cve""")
                .params(maintenanceGroup, ecosystem, name)
                .query((row, number) -> new Row(
                        row.getLong("asset"),
                        row.getString("cve"),
                        row.getString("ecosystem"),
                        row.getString("package"),
                        row.getString("installed_version"),
                        row.getString("fixed_version")))
                .list();
        Map<Long, Row> needed = new LinkedHashMap<>();
        // Several CVEs of one package are cured together by the highest of their fixed versions.
        rows.forEach(row -> needed.merge(
                row.asset(),
                row,
                (one, other) -> Versions.compare(ecosystem, one.fixed(), other.fixed()) >= 0 ? one : other));
        return new Found(
                rows.stream().map(Row::cve).distinct().sorted().toList(),
                needed.values().stream()
                        .map(row -> new Scoped(
                                new AssetId(row.asset()), row.ecosystem(), row.name(), row.installed(), row.fixed()))
                        .toList());
    }

    /** What the change would be about if it were opened now. */
    Found current(ChangeRecord record) {
        var advisory = record.advisory().split("/", 2);
        return advisory.length == 2
                ? found(record.maintenanceGroup(), advisory[0], advisory[1])
                : new Found(List.of(), List.of());
    }

    /** Matches the change's scope afresh against what is known now. */
    public void refresh(ChangeId change) {
        var record = changes.get(change);
        var found = current(record);
        changes.rescope(change, found.scope(), ACTOR);
        changes.addVulnerabilities(change, found.cves(), ACTOR);
        carry(change);
    }

    /** Marks the findings that the change cures as its own, so that no other change is opened for them. */
    void carry(ChangeId change) {
        jdbc.sql("""
                        update finding f set change_id = :change
                          from change_asset s
                         where s.change_id = :change and s.asset = f.asset and s.ecosystem = f.ecosystem
                           and s.package = f.package and f.state = 'open' and f.fixed_version is not null
                           and f.change_id is distinct from :change""").param("change", change.value()).update();
    }
}
