package org.patchboard.exception;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Risks accepted for a time: asked for by one person, accepted by another, and every one ends. The longest time depends
 * on the change's priority: critical 14 days, high 30, medium 90, low 180.
 */
@UseCase
public class RiskExceptions {

    private static final Actor ACTOR = Actor.system("exception-expiry");

    private static final String SELECT = """
            select e.id, e.change_id, e.asset, a.name as asset_name, e.kind, e.reason, e.control, e.requested_by,
                   e.accepted_by, e.from_at, e.until_at, e.ended_at
              from risk_exception e left join asset a on a.id = e.asset
            """;

    /** What was asked for and waits for the owner of the risk. */
    public record Request(
            long id, ChangeId change, List<AssetId> assets, String reason, String control, String requestedBy) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    RiskExceptions(JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** The longest an exception of this change may last. */
    public Duration longest(ChangeId change) {
        var priority = jdbc.sql("select coalesce(priority, '') from change_record where id = ?")
                .param(change.value())
                .query(String.class)
                .single();
        return Duration.ofDays(
                switch (priority) {
                    case "high" -> 30;
                    case "medium" -> 90;
                    case "low" -> 180;
                    // Nothing is known of an unjudged change, so it gets no more than the worst.
                    default -> 14;
                });
    }

    /** Asks the owner of the risk to accept it for these hosts; the newest request of a change is the one in force. */
    public long request(ChangeId change, Collection<AssetId> assets, String reason, String control, Actor requester) {
        var id = jdbc.sql("""
                        insert into exception_request (change_id, assets, reason, control, requested_by, requested_at,
                                                       origin)
                        values (:change, :assets, :reason, :control, :by, :now, 'verification') returning id""")
                .param("change", change.value())
                .param("assets", assets.stream().map(AssetId::value).toArray(Long[]::new))
                .param("reason", reason)
                .param("control", control)
                .param("by", requester.name())
                .param("now", at(clock.instant()))
                .query(Long.class)
                .single();
        audit.record(
                change,
                requester,
                "exception-requested",
                "request " + id,
                Map.of("hosts", names(assets), "reason", reason, "control", control));
        return id;
    }

    /** The newest request out of a verification that nobody has decided. */
    public Optional<Request> open(ChangeId change) {
        return jdbc.sql("""
                        select id, assets, reason, control, requested_by from exception_request
                         where change_id = ? and decision is null and origin = 'verification'
                         order by id desc limit 1""")
                .param(change.value())
                .query((row, number) -> new Request(
                        row.getLong("id"),
                        change,
                        List.of((Long[]) row.getArray("assets").getArray()).stream()
                                .map(AssetId::new)
                                .toList(),
                        row.getString("reason"),
                        row.getString("control"),
                        row.getString("requested_by")))
                .optional();
    }

    /**
     * Accepts what was asked for, with an end.
     *
     * @throws Refusal when the accepter asked for it, or the end is not in the future or too far away
     */
    public void accept(Request request, String kind, Instant until, Actor accepter) {
        decide(request, "accepted", accepter);
        for (var asset : request.assets()) {
            var exception = accept(
                    request.change(),
                    asset,
                    kind,
                    request.reason(),
                    request.control(),
                    request.requestedBy(),
                    until,
                    accepter);
            jdbc.sql("update risk_exception set request = ? where id = ?")
                    .params(request.id(), exception)
                    .update();
        }
    }

    /** Refuses what was asked for. */
    public void refuse(Request request, String why, Actor accepter) {
        decide(request, "refused", accepter);
        audit.record(request.change(), accepter, "exception-refused", "request " + request.id(), Map.of("why", why));
    }

    private void decide(Request request, String decision, Actor accepter) {
        requireAnother(request.requestedBy(), accepter);
        var decided = jdbc.sql("""
                        update exception_request set decision = ?, decided_by = ?, decided_at = ?
                         where id = ? and decision is null""")
                .param(decision)
                .param(accepter.name())
                .param(at(clock.instant()))
                .param(request.id())
                .update();
        if (decided == 0) {
            throw Refusal.conflict("This request has been decided already.");
        }
    }

    /**
     * Accepts a risk with an end.
     *
     * @param asset null for the whole change
     * @return its key
     * @throws Refusal when the accepter asked for it, or the end is not in the future or too far away
     */
    public long accept(
            ChangeId change,
            @Nullable AssetId asset,
            String kind,
            String reason,
            String control,
            String requestedBy,
            Instant until,
            Actor accepter) {
        requireAnother(requestedBy, accepter);
        var now = clock.instant();
        if (!until.isAfter(now)) {
            throw Refusal.incomplete("An exception ends in the future; choose a later date.");
        }
        var latest = now.plus(longest(change));
        if (until.isAfter(latest)) {
            throw Refusal.incomplete("For a change of this priority an exception ends at %s at the latest."
                    .formatted(latest.atOffset(ZoneOffset.UTC).toLocalDate()));
        }
        var id = jdbc.sql("""
                        insert into risk_exception (change_id, asset, kind, reason, control, requested_by, accepted_by,
                                                    from_at, until_at)
                        values (:change, :asset, :kind, :reason, :control, :requester, :accepter, :from, :until)
                        returning id""")
                .param("change", change.value())
                .param("asset", asset == null ? null : asset.value(), java.sql.Types.BIGINT)
                .param("kind", kind)
                .param("reason", reason)
                .param("control", control)
                .param("requester", requestedBy)
                .param("accepter", accepter.name())
                .param("from", at(now))
                .param("until", at(until))
                .query(Long.class)
                .single();
        var content = new LinkedHashMap<String, Object>();
        content.put("kind", kind);
        content.put("reason", reason);
        content.put("control", control);
        content.put("requestedBy", requestedBy);
        content.put("until", until);
        if (asset != null) {
            content.put("hosts", names(List.of(asset)));
        }
        audit.record(change, accepter, "exception-accepted", "exception " + id, content);
        return id;
    }

    private static void requireAnother(String requestedBy, Actor accepter) {
        if (requestedBy.equals(accepter.name())) {
            throw Refusal.forbidden("Who asks for an exception cannot accept it; somebody else owns that decision.");
        }
    }

    /** Ends an exception before its time. */
    public void end(long id, Actor actor, String reason) {
        var ended = jdbc.sql("""
                        update risk_exception set ended_at = ?, ended_why = ?
                         where id = ? and ended_at is null returning change_id""")
                .param(at(clock.instant()))
                .param(reason)
                .param(id)
                .query(String.class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no exception " + id + " in force."));
        audit.record(new ChangeId(ended), actor, "exception-ended", "exception " + id, Map.of("reason", reason));
    }

    /** Those of a change, the newest first. */
    public List<RiskException> of(ChangeId change) {
        return jdbc.sql(SELECT + "where e.change_id = ? order by e.id desc")
                .param(change.value())
                .query((row, number) -> read(row))
                .list();
    }

    /** Those of a change that are in force. */
    public List<RiskException> inForce(ChangeId change) {
        var now = clock.instant();
        return of(change).stream()
                .filter(it -> it.endedAt() == null && it.until().isAfter(now))
                .toList();
    }

    /**
     * Ends every exception whose time is over. Several nodes may call it at the same time: one does it, the others
     * return at once.
     *
     * @return how many were ended
     */
    public int expire() {
        var alone = jdbc.sql("select pg_try_advisory_xact_lock(hashtext('patchboard.exception-expiry'))")
                .query(Boolean.class)
                .single();
        if (!alone) {
            return 0;
        }
        var now = clock.instant();
        var over = jdbc.sql(SELECT + "where e.ended_at is null and e.until_at <= ? order by e.id")
                .param(at(now))
                .query((row, number) -> read(row))
                .list();
        for (var exception : over) {
            jdbc.sql("update risk_exception set ended_at = ?, ended_why = 'its time was over' where id = ?")
                    .param(at(now))
                    .param(exception.id())
                    .update();
            audit.record(
                    exception.change(),
                    ACTOR,
                    "exception-expired",
                    "exception " + exception.id(),
                    Map.of("until", exception.until(), "acceptedBy", exception.acceptedBy()));
            events.publishEvent(new RiskExceptionExpired(
                    exception.id(),
                    exception.change(),
                    exception.asset(),
                    exception.assetName(),
                    exception.acceptedBy(),
                    exception.until()));
        }
        return over.size();
    }

    private List<String> names(Collection<AssetId> assets) {
        return jdbc.sql("select name from asset where id = any(?) order by name")
                .param(assets.stream().map(AssetId::value).toArray(Long[]::new))
                .query(String.class)
                .list();
    }

    private static RiskException read(ResultSet row) throws SQLException {
        var asset = row.getLong("asset");
        var whole = row.wasNull();
        var ended = row.getTimestamp("ended_at");
        return new RiskException(
                row.getLong("id"),
                new ChangeId(row.getString("change_id")),
                whole ? null : new AssetId(asset),
                row.getString("asset_name"),
                row.getString("kind"),
                row.getString("reason"),
                row.getString("control"),
                row.getString("requested_by"),
                row.getString("accepted_by"),
                row.getTimestamp("from_at").toInstant(),
                row.getTimestamp("until_at").toInstant(),
                ended == null ? null : ended.toInstant());
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
