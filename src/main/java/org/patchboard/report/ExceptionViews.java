package org.patchboard.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Risk exceptions of every change. */
@Repository
public class ExceptionViews {

    /**
     * A risk accepted for a time.
     *
     * @param asset null for the whole change
     * @param endedAt when it ended before its time, or was found to be over
     */
    public record ExceptionView(
            long id,
            String change,
            @Nullable Long asset,
            @Nullable String assetName,
            String kind,
            String reason,
            String control,
            String requestedBy,
            String acceptedBy,
            Instant from,
            Instant until,
            @Nullable Instant endedAt,
            boolean inForce,
            @Nullable Long request) {}

    /**
     * A request, from the asking to the end of what came of it.
     *
     * @param hosts names; empty for the whole change
     * @param state {@code waits}, {@code refused}, {@code in force} or {@code over}
     * @param authority groups that may accept a risk of this size
     * @param renewedBy the request that asks to continue it
     */
    public record RequestView(
            long id,
            String change,
            String title,
            List<String> hosts,
            String kind,
            String reason,
            String control,
            String vex,
            String exitPlan,
            String requestedBy,
            Instant requestedAt,
            @Nullable Instant wantedUntil,
            @Nullable Instant checkAt,
            @Nullable Long renews,
            @Nullable Long renewedBy,
            String residualRisk,
            String authority,
            @Nullable Integer maxDays,
            @Nullable String opinion,
            String opinionText,
            @Nullable String opinionBy,
            @Nullable String decision,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt,
            String state) {
        public RequestView {
            hosts = List.copyOf(hosts);
        }
    }

    /** Something that was done about a request, from the trail. */
    public record Happened(Instant at, String actor, String action, String subject) {}

    private static final String REQUESTS = """
            select q.*, c.title, array_to_string(q.authority, ', ') as owners,
                   array(select a.name from asset a where a.id = any(q.assets) order by a.name) as hosts,
                   (select max(n.id) from exception_request n where n.renews = q.id) as renewed_by,
                   case when q.decision is null then 'waits' when q.decision = 'refused' then 'refused'
                        when exists (select from risk_exception e where e.request = q.id and e.ended_at is null
                                        and e.until_at > :now) then 'in force' else 'over' end as state
              from exception_request q join change_record c on c.id = q.change_id
            """;

    private static final Map<String, String> SORTS =
            Map.of("until", "e.until_at", "from", "e.from_at", "change", "e.change_id");

    private final JdbcClient jdbc;
    private final Clock clock;

    ExceptionViews(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * @param change null for every change
     * @param inForce null for all, true for those that hold now, false for those that are over
     */
    public Slice<ExceptionView> page(
            @Nullable String change, @Nullable Boolean inForce, int page, int size, @Nullable String sort) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("change", change);
        parameters.put("inForce", inForce);
        parameters.put("now", clock.instant().atOffset(ZoneOffset.UTC));
        return new SlicedQuery(
                        "e.*, a.name as asset_name, e.ended_at is null and e.until_at > :now as in_force",
                        """
                        from risk_exception e left join asset a on a.id = e.asset
                         where (cast(:change as text) is null or e.change_id = :change)
                           and (cast(:inForce as boolean) is null
                                or (e.ended_at is null and e.until_at > :now) = cast(:inForce as boolean))""",
                        Sorting.by(sort, "until", SORTS, "e.id"))
                .read(jdbc, parameters, page, size, (row, number) -> view(row));
    }

    private static ExceptionView view(ResultSet row) throws SQLException {
        return new ExceptionView(
                row.getLong("id"),
                row.getString("change_id"),
                row.getObject("asset", Long.class),
                row.getString("asset_name"),
                row.getString("kind"),
                row.getString("reason"),
                row.getString("control"),
                row.getString("requested_by"),
                row.getString("accepted_by"),
                row.getTimestamp("from_at").toInstant(),
                row.getTimestamp("until_at").toInstant(),
                SlicedQuery.instant(row, "ended_at"),
                row.getBoolean("in_force"),
                row.getObject("request", Long.class));
    }

    /** Requests that nobody has decided on yet, the oldest first. */
    public List<RequestView> waiting() {
        return requests("where q.decision is null order by q.id", Map.of());
    }

    public Optional<RequestView> request(long id) {
        return requests("where q.id = :id", Map.of("id", id)).stream().findFirst();
    }

    private List<RequestView> requests(String which, Map<String, Object> parameters) {
        return jdbc.sql(REQUESTS + which)
                .params(parameters)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, number) -> new RequestView(
                        row.getLong("id"),
                        row.getString("change_id"),
                        row.getString("title"),
                        List.of((String[]) row.getArray("hosts").getArray()),
                        row.getString("kind"),
                        row.getString("reason"),
                        row.getString("control"),
                        row.getString("vex"),
                        row.getString("exit_plan"),
                        row.getString("requested_by"),
                        row.getTimestamp("requested_at").toInstant(),
                        SlicedQuery.instant(row, "wanted_until"),
                        SlicedQuery.instant(row, "check_at"),
                        row.getObject("renews", Long.class),
                        row.getObject("renewed_by", Long.class),
                        row.getString("residual_risk"),
                        row.getString("owners"),
                        row.getObject("max_days", Integer.class),
                        row.getString("opinion"),
                        row.getString("opinion_text"),
                        row.getString("opinion_by"),
                        row.getString("decision"),
                        row.getString("decided_by"),
                        SlicedQuery.instant(row, "decided_at"),
                        row.getString("state")))
                .list();
    }

    /** What came of a request, host by host. */
    public List<ExceptionView> granted(long request) {
        return jdbc.sql("""
                        select e.*, a.name as asset_name, e.ended_at is null and e.until_at > ? as in_force
                          from risk_exception e left join asset a on a.id = e.asset where e.request = ? order by e.id""")
                .params(clock.instant().atOffset(ZoneOffset.UTC), request)
                .query((row, number) -> view(row))
                .list();
    }

    /** Why something ended before its time, by the key of the exception. */
    public Map<Long, String> ended(long request) {
        var why = new HashMap<Long, String>();
        jdbc.sql("select id, ended_why from risk_exception where request = ? and ended_why is not null")
                .param(request)
                .query(row -> {
                    why.put(row.getLong("id"), row.getString("ended_why"));
                });
        return why;
    }

    /** Everything that was done about a request, oldest first. */
    public List<Happened> story(long request) {
        return jdbc.sql("""
                        select e.at, e.actor, e.action, e.subject from audit_entry e
                          join exception_request q on q.id = :id and q.change_id = e.change_id
                         where e.subject = 'request ' || q.id
                            or exists (select from risk_exception x where x.request = q.id
                                          and e.subject = 'exception ' || x.id)
                         order by e.id""").param("id", request).query(Happened.class).list();
    }
}
