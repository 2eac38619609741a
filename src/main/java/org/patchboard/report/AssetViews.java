package org.patchboard.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Assets with what is installed on them and what is known to be wrong with it. */
@Repository
public class AssetViews {

    /** Every criterion may be null, which means: any. */
    public record AssetFilter(
            @Nullable String text,
            @Nullable String maintenanceGroup,
            @Nullable String environment,
            @Nullable String exposure,
            @Nullable String criticality,
            @Nullable String tag) {}

    /** An asset in a list. */
    public record AssetLine(
            long id,
            String name,
            String kind,
            @Nullable String maintenanceGroup,
            String environment,
            String exposure,
            String criticality,
            @Nullable String osName,
            @Nullable String osVersion,
            @Nullable String owner,
            List<String> tags,
            String source,
            Instant firstSeen,
            Instant lastSeen,
            long packages,
            long openFindings) {}

    /** @param version in the ecosystem's own writing */
    public record Installed(String ecosystem, String name, String version) {}

    /** One asset, with every package that an inventory saw on it. */
    public record Asset(
            AssetLine asset,
            @Nullable String kernel,
            @Nullable String address,
            @Nullable String haGroup,
            List<Installed> installed) {}

    private static final String COLUMNS = """
            a.*, (select count(*) from installed_package i where i.asset = a.id) as packages,
            (select count(*) from finding f where f.asset = a.id and f.state = 'open') as open_findings""";

    private static final Map<String, String> SORTS = Map.of(
            "name", "a.name",
            "maintenanceGroup", "a.maintenance_group",
            "criticality", "array_position(array['low', 'medium', 'high', 'very-high'], a.criticality)",
            "firstSeen", "a.first_seen",
            "lastSeen", "a.last_seen",
            "openFindings", "open_findings");

    private final JdbcClient jdbc;

    AssetViews(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws Refusal when page, size or sort cannot be */
    public Slice<AssetLine> page(AssetFilter filter, int page, int size, @Nullable String sort) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("text", filter.text());
        parameters.put("group", filter.maintenanceGroup());
        parameters.put("environment", filter.environment());
        parameters.put("exposure", filter.exposure());
        parameters.put("criticality", filter.criticality());
        parameters.put("tag", filter.tag());
        return new SlicedQuery(COLUMNS, """
                        from asset a
                         where (cast(:text as text) is null or a.name ilike '%' || :text || '%')
                           and (cast(:group as text) is null or a.maintenance_group = :group)
                           and (cast(:environment as text) is null or a.environment = :environment)
                           and (cast(:exposure as text) is null or a.exposure = :exposure)
                           and (cast(:criticality as text) is null or a.criticality = :criticality)
                           and (cast(:tag as text) is null or :tag = any(a.tags))""", Sorting.by(sort, "name", SORTS, "a.id"))
                .read(jdbc, parameters, page, size, (row, number) -> line(row));
    }

    /** @throws Refusal when there is none */
    public Asset get(long id) {
        var installed = jdbc.sql("""
                        select v.ecosystem, v.name, v.version from installed_package i
                          join package_version v on v.id = i.package_version
                         where i.asset = ? order by v.ecosystem, v.name, v.version""").param(id).query(Installed.class).list();
        return jdbc.sql("select " + COLUMNS + " from asset a where a.id = ?")
                .param(id)
                .query((row, number) -> new Asset(
                        line(row),
                        row.getString("kernel"),
                        row.getString("address"),
                        row.getString("ha_group"),
                        installed))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no asset " + id + "."));
    }

    private static AssetLine line(ResultSet row) throws SQLException {
        return new AssetLine(
                row.getLong("id"),
                row.getString("name"),
                row.getString("kind"),
                row.getString("maintenance_group"),
                row.getString("environment"),
                row.getString("exposure"),
                row.getString("criticality"),
                row.getString("os_name"),
                row.getString("os_version"),
                row.getString("owner"),
                SlicedQuery.texts(row, "tags"),
                row.getString("source"),
                row.getTimestamp("first_seen").toInstant(),
                row.getTimestamp("last_seen").toInstant(),
                row.getLong("packages"),
                row.getLong("open_findings"));
    }
}
