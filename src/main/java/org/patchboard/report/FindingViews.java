package org.patchboard.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Findings, and what the world says about the vulnerability behind one. */
@Repository
public class FindingViews {

    /** Every criterion may be null, which means: any. */
    public record FindingFilter(
            @Nullable String state,
            @Nullable String cve,
            @Nullable String asset,
            @Nullable String software,
            @Nullable String severity,
            @Nullable String maintenanceGroup,
            @Nullable String change) {}

    /**
     * Vulnerability × asset × package, as a scan saw it.
     *
     * @param fixedVersion null while no fix is known
     * @param change the change that carries it, once one does
     */
    public record Finding(
            long id,
            String cve,
            long asset,
            String assetName,
            String ecosystem,
            String software,
            String installedVersion,
            @Nullable String fixedVersion,
            String severity,
            String scanner,
            String state,
            Instant firstSeen,
            Instant lastSeen,
            @Nullable Instant closedAt,
            @Nullable String change) {}

    /** @param score computed from the vector */
    public record Cvss(@Nullable String vector, @Nullable BigDecimal score) {}

    /** An entry of CISA's catalogue of known exploited vulnerabilities. */
    public record KnownExploited(
            String vendor,
            String product,
            String name,
            LocalDate added,
            @Nullable LocalDate due,
            boolean ransomware,
            @Nullable String requiredAction) {}

    /** @param score probability of exploitation within 30 days, 0 to 1 */
    public record Epss(BigDecimal score, BigDecimal percentile, LocalDate date) {}

    public record Ssvc(String exploitation, boolean automatable, String technicalImpact) {}

    /** What is known of a CVE here; each part is null while its feed has said nothing. */
    public record Vulnerability(
            String cve,
            @Nullable String summary,
            @Nullable String status,
            @Nullable Instant publishedAt,
            @Nullable Instant modifiedAt,
            @Nullable Cvss cvss3,
            @Nullable Cvss cvss4,
            List<String> cwes,
            @Nullable KnownExploited knownExploited,
            @Nullable Epss epss,
            @Nullable Ssvc ssvc,
            long openFindings,
            long closedFindings,
            List<String> changes) {}

    private static final Map<String, String> SORTS = Map.of(
            "cve", "f.cve",
            "asset", "a.name",
            "package", "f.package",
            "severity", "array_position(array['unknown', 'none', 'low', 'medium', 'high', 'critical'], f.severity)",
            "state", "f.state",
            "firstSeen", "f.first_seen",
            "lastSeen", "f.last_seen");

    private final JdbcClient jdbc;

    FindingViews(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws Refusal when page, size or sort cannot be */
    public Slice<Finding> page(FindingFilter filter, int page, int size, @Nullable String sort) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("state", filter.state());
        parameters.put("cve", filter.cve());
        parameters.put("asset", filter.asset());
        parameters.put("software", filter.software());
        parameters.put("severity", filter.severity());
        parameters.put("group", filter.maintenanceGroup());
        parameters.put("change", filter.change());
        return new SlicedQuery("f.*, a.name as asset_name", """
                        from finding f join asset a on a.id = f.asset
                         where (cast(:state as text) is null or f.state = :state)
                           and (cast(:cve as text) is null or f.cve = upper(:cve))
                           and (cast(:asset as text) is null or a.name = :asset)
                           and (cast(:software as text) is null or f.package = :software)
                           and (cast(:severity as text) is null or f.severity = :severity)
                           and (cast(:group as text) is null or a.maintenance_group = :group)
                           and (cast(:change as text) is null or f.change_id = :change)""", Sorting.by(sort, "lastSeen,desc", SORTS, "f.id"))
                .read(
                        jdbc,
                        parameters,
                        page,
                        size,
                        (row, number) -> new Finding(
                                row.getLong("id"),
                                row.getString("cve"),
                                row.getLong("asset"),
                                row.getString("asset_name"),
                                row.getString("ecosystem"),
                                row.getString("package"),
                                row.getString("installed_version"),
                                row.getString("fixed_version"),
                                row.getString("severity"),
                                row.getString("scanner"),
                                row.getString("state"),
                                row.getTimestamp("first_seen").toInstant(),
                                row.getTimestamp("last_seen").toInstant(),
                                SlicedQuery.instant(row, "closed_at"),
                                row.getString("change_id")));
    }

    /** @throws Refusal when neither a feed nor a scan has ever named it */
    public Vulnerability vulnerability(String cve) {
        var known = jdbc.sql("""
                        select w.cve, v.summary, v.status, v.published_at, v.modified_at, v.cvss3_vector, v.cvss3_score,
                               v.cvss4_vector, v.cvss4_score, coalesce(v.cwes, '{}') as cwes,
                               (select count(*) from finding f where f.cve = w.cve and f.state = 'open') as open,
                               (select count(*) from finding f where f.cve = w.cve and f.state <> 'open') as closed,
                               array(select c.change_id from change_vulnerability c where c.cve = w.cve order by 1) as changes
                          from (select cast(:cve as text) as cve) w left join vulnerability v on v.cve = w.cve
                         where v.cve is not null or exists (select from finding f where f.cve = w.cve)
                            or exists (select from kev_entry k where k.cve = w.cve)
                            or exists (select from epss_score e where e.cve = w.cve)
                            or exists (select from ssvc_assessment s where s.cve = w.cve)
                            or exists (select from change_vulnerability c where c.cve = w.cve)""")
                .param("cve", cve)
                .query((row, number) -> new Vulnerability(
                        row.getString("cve"),
                        row.getString("summary"),
                        row.getString("status"),
                        SlicedQuery.instant(row, "published_at"),
                        SlicedQuery.instant(row, "modified_at"),
                        cvss(row.getString("cvss3_vector"), row.getBigDecimal("cvss3_score")),
                        cvss(row.getString("cvss4_vector"), row.getBigDecimal("cvss4_score")),
                        SlicedQuery.texts(row, "cwes"),
                        knownExploited(cve).orElse(null),
                        epss(cve).orElse(null),
                        ssvc(cve).orElse(null),
                        row.getLong("open"),
                        row.getLong("closed"),
                        SlicedQuery.texts(row, "changes")))
                .optional();
        return known.orElseThrow(() -> Refusal.unknown("Nothing is known of " + cve + "."));
    }

    private static @Nullable Cvss cvss(@Nullable String vector, @Nullable BigDecimal score) {
        return vector == null && score == null ? null : new Cvss(vector, score);
    }

    private Optional<KnownExploited> knownExploited(String cve) {
        return jdbc.sql("""
                        select vendor, product, name, date_added as added, due_date as due, ransomware, required_action
                          from kev_entry where cve = ? and withdrawn_at is null""").param(cve).query(KnownExploited.class).optional();
    }

    private Optional<Epss> epss(String cve) {
        return jdbc.sql("select score, percentile, score_date as date from epss_score where cve = ?")
                .param(cve)
                .query(Epss.class)
                .optional();
    }

    private Optional<Ssvc> ssvc(String cve) {
        return jdbc.sql("select exploitation, automatable, technical_impact from ssvc_assessment where cve = ?")
                .param(cve)
                .query(Ssvc.class)
                .optional();
    }
}
