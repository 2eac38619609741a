package org.patchboard.exception;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Requests to carry a risk, from the asking to the end of what was granted. Nothing is granted by silence, nothing
 * without an end, and a renewal is a request of its own.
 */
@UseCase
public class ExceptionRequests {

    /** A renewal of a renewal is the last. */
    static final int RENEWALS = 2;

    /** Days before the end at which people are warned. */
    private static final List<Integer> WARNINGS = List.of(14, 7, 1);

    private static final Set<String> KINDS = Set.of("deferral", "risk-acceptance", "mitigation", "not-affected");

    /** OpenVEX 0.2.0, status justifications. */
    private static final Set<String> VEX = Set.of(
            "component_not_present",
            "vulnerable_code_not_present",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "inline_mitigations_already_exist");

    private static final Actor ACTOR = Actor.system("exceptions");

    /** What a date of an exception calls for. */
    public enum Step {
        WARN,
        CHECK,
        EXPIRED
    }

    /** What the table says about a request. */
    public record Size(String residualRisk, List<String> authority, int maxDays, boolean opinionBinds, UUID receipt) {
        public Size {
            authority = List.copyOf(authority);
        }
    }

    /** Whether a change's vulnerabilities are exploited, and the worst exposure of the hosts concerned. */
    public record Basis(boolean exploited, String exposure) {}

    private final JdbcClient jdbc;
    private final RiskExceptions exceptions;
    private final AuditTrail audit;
    private final Clock clock;

    ExceptionRequests(JdbcClient jdbc, RiskExceptions exceptions, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.exceptions = exceptions;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Asks for an exception.
     *
     * @return the key of the request
     * @throws Refusal when something is missing, hosts are not the change's, or it has been renewed too often
     */
    public long ask(NewExceptionRequest wanted, Actor requester) {
        check(wanted);
        var id = jdbc.sql("""
                        insert into exception_request (change_id, assets, reason, control, requested_by, requested_at, kind,
                                                       vex, exit_plan, wanted_until, check_at, renews)
                        values (:change, :assets, :reason, :control, :by, :now, :kind, :vex, :exit, :until, :check, :renews)
                        returning id""")
                .param("change", wanted.change().value())
                .param("assets", wanted.assets().stream().map(AssetId::value).toArray(Long[]::new))
                .param("reason", wanted.reason())
                .param("control", wanted.control())
                .param("by", requester.name())
                .param("now", at(clock.instant()))
                .param("kind", wanted.kind())
                .param("vex", wanted.vex())
                .param("exit", wanted.exitPlan())
                .param("until", at(wanted.until()), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("check", at(wanted.checkAt()), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("renews", wanted.renews(), Types.BIGINT)
                .query(Long.class)
                .single();
        var content = new LinkedHashMap<String, Object>();
        content.put("kind", wanted.kind());
        content.put("hosts", wanted.assets().stream().map(AssetId::value).toList());
        content.put("reason", wanted.reason());
        content.put("control", wanted.control());
        content.put("vex", wanted.vex());
        if (wanted.renews() != null) {
            content.put("renews", wanted.renews());
        }
        audit.record(wanted.change(), requester, "exception-requested", "request " + id, content);
        return id;
    }

    private void check(NewExceptionRequest wanted) {
        if (!KINDS.contains(wanted.kind())) {
            throw Refusal.incomplete(
                    "An exception is a deferral, a risk-acceptance, a mitigation or says not-affected.");
        }
        if (wanted.reason().isBlank()) {
            throw Refusal.incomplete("Say why the risk should be carried.");
        }
        if (wanted.kind().equals("not-affected") && !VEX.contains(wanted.vex())) {
            throw Refusal.incomplete("\"Not affected\" needs one of the reasons of OpenVEX: %s."
                    .formatted(String.join(", ", VEX.stream().sorted().toList())));
        }
        if (wanted.kind().equals("mitigation") && (wanted.control().isBlank() || wanted.checkAt() == null)) {
            throw Refusal.incomplete("A mitigation names what holds the risk down and when that is checked.");
        }
        var now = clock.instant();
        if (Stream.of(Optional.ofNullable(wanted.until()), Optional.ofNullable(wanted.checkAt()))
                .flatMap(Optional::stream)
                .anyMatch(date -> !date.isAfter(now))) {
            throw Refusal.incomplete("An exception ends, and is checked, in the future.");
        }
        var strangers = jdbc.sql("""
                        select count(*) from unnest(:assets) as asset
                         where not exists (select from change_asset s where s.change_id = :change and s.asset = asset)""")
                .param("assets", wanted.assets().stream().map(AssetId::value).toArray(Long[]::new))
                .param("change", wanted.change().value())
                .query(Integer.class)
                .single();
        if (strangers > 0) {
            throw Refusal.incomplete("Some of these hosts are not in the scope of " + wanted.change() + ".");
        }
        renewal(wanted);
    }

    private void renewal(NewExceptionRequest wanted) {
        var before = wanted.renews();
        if (before == null) {
            return;
        }
        var renewed = get(before);
        if (!renewed.change().equals(wanted.change()) || !renewed.isAccepted()) {
            throw Refusal.conflict("Only an exception of this change that was accepted can be renewed.");
        }
        var times = 1;
        for (var earlier = renewed.renews();
                earlier != null;
                earlier = get(earlier).renews()) {
            times++;
        }
        if (times > RENEWALS) {
            throw Refusal.conflict(
                    "This exception has been renewed %d times; the risk has to be removed now.".formatted(RENEWALS));
        }
    }

    /** @throws Refusal when there is no such request */
    public ExceptionRequest get(long id) {
        return jdbc.sql("select * from exception_request where id = ?")
                .param(id)
                .query((row, number) -> read(row))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no exception request " + id + "."));
    }

    /** All of a change, newest first. */
    public List<ExceptionRequest> of(ChangeId change) {
        return jdbc.sql("select * from exception_request where change_id = ? order by id desc")
                .param(change.value())
                .query((row, number) -> read(row))
                .list();
    }

    /** Keeps what the table says of who may accept it and for how long. */
    public void sized(long id, Size size) {
        jdbc.sql("""
                        update exception_request set residual_risk = :risk, authority = :authority, max_days = :days,
                                                     opinion_binds = :binds, receipt = :receipt
                         where id = :id""")
                .param("risk", size.residualRisk())
                .param("authority", size.authority().toArray(String[]::new))
                .param("days", size.maxDays())
                .param("binds", size.opinionBinds())
                .param("receipt", size.receipt())
                .param("id", id)
                .update();
    }

    /** Security says what it thinks of it; an unfavourable opinion refuses it when the table says so. */
    public void opinion(long id, boolean favourable, String text, Actor actor) {
        var request = get(id);
        requireAnother(request, actor);
        jdbc.sql("update exception_request set opinion = ?, opinion_text = ?, opinion_by = ? where id = ?")
                .params(favourable ? "favourable" : "unfavourable", text, actor.name(), id)
                .update();
        audit.record(
                request.change(),
                actor,
                "exception-opinion",
                "request " + id,
                Map.of("favourable", favourable, "text", text));
    }

    /**
     * The owner of the risk carries it until a date.
     *
     * @throws Refusal when the accepter asked for it, security refuses it, or the date is too late
     */
    public void accept(long id, Instant until, String why, Actor accepter) {
        var request = get(id);
        requireAnother(request, accepter);
        if (request.opinionBinds() && !"favourable".equals(request.opinion())) {
            throw Refusal.conflict("A risk of this size is not carried without a favourable opinion of security.");
        }
        var latest = latest(request);
        if (until.isAfter(latest)) {
            throw Refusal.incomplete("A risk of this size is carried until %s at the latest."
                    .formatted(latest.atOffset(ZoneOffset.UTC).toLocalDate()));
        }
        decide(request, "accepted", why, accepter);
        keepBasis(request);
        if (request.assets().isEmpty()) {
            link(accept(request, null, until, accepter), id);
        }
        request.assets().forEach(asset -> link(accept(request, asset, until, accepter), id));
        var before = request.renews();
        if (before != null) {
            end(before, "renewed by request " + id, accepter);
        }
    }

    private long accept(ExceptionRequest request, @Nullable AssetId asset, Instant until, Actor accepter) {
        return exceptions.accept(
                request.change(),
                asset,
                request.kind(),
                request.reason(),
                request.control(),
                request.requestedBy(),
                until,
                accepter);
    }

    /** Ties exceptions that were accepted in a verification to their request, so that they are watched alike. */
    void link(long exception, long request) {
        jdbc.sql("update risk_exception set request = ? where id = ?")
                .params(request, exception)
                .update();
    }

    /** The latest end that a request may get now. */
    public Instant latest(ExceptionRequest request) {
        var byTable =
                request.maxDays() == null ? exceptions.longest(request.change()) : Duration.ofDays(request.maxDays());
        var byPriority = exceptions.longest(request.change());
        return clock.instant().plus(byTable.compareTo(byPriority) < 0 ? byTable : byPriority);
    }

    public void refuse(long id, String why, Actor actor) {
        var request = get(id);
        requireAnother(request, actor);
        decide(request, "refused", why, actor);
        audit.record(request.change(), actor, "exception-refused", "request " + id, Map.of("why", why));
    }

    private void decide(ExceptionRequest request, String decision, String why, Actor actor) {
        int decided = jdbc.sql("""
                        update exception_request set decision = ?, decided_by = ?, decided_at = ?
                         where id = ? and decision is null""")
                .params(decision, actor.name(), at(clock.instant()), request.id())
                .update();
        if (decided == 0) {
            throw Refusal.conflict("This request has been decided already.");
        }
        audit.record(
                request.change(),
                actor,
                "exception-decided",
                "request " + request.id(),
                Map.of("decision", decision, "why", why));
    }

    /** Two logins of one human being are one requester. */
    private void requireAnother(ExceptionRequest request, Actor actor) {
        var same = jdbc.sql("""
                        select exists (select from person a, person b
                                        where a.login = ? and b.login = ? and human(a.id) = human(b.id))""")
                .params(request.requestedBy(), actor.name())
                .query(Boolean.class)
                .single();
        if (same || request.requestedBy().equals(actor.name())) {
            throw Refusal.forbidden("Who asks for an exception does not decide on it; somebody else owns that.");
        }
    }

    /** What a judgement of the request's risk rests on, as it is now. */
    public Basis basis(ExceptionRequest request) {
        return jdbc.sql("""
                        select exists (select from change_vulnerability v join kev_entry k on k.cve = v.cve
                                        where v.change_id = :change and k.withdrawn_at is null) as exploited,
                               coalesce((select max(a.exposure) from change_asset s join asset a on a.id = s.asset
                                          where s.change_id = :change
                                            and (cardinality(:assets) = 0 or s.asset = any(:assets))), 'internal') as exposure""")
                .param("change", request.change().value())
                .param("assets", request.assets().stream().map(AssetId::value).toArray(Long[]::new))
                .query(Basis.class)
                .single();
    }

    /** Keeps on what the acceptance rested. */
    public void keepBasis(ExceptionRequest request) {
        var basis = basis(request);
        jdbc.sql("update exception_request set exploited = ?, exposure = ?, minded_at = ? where id = ?")
                .params(basis.exploited(), basis.exposure(), at(clock.instant()), request.id())
                .update();
    }

    /** Exceptions that a request brought, those that are over among them. */
    public List<RiskException> granted(long id) {
        var ids = jdbc.sql("select id from risk_exception where request = ?")
                .param(id)
                .query(Long.class)
                .list();
        return exceptions.of(get(id).change()).stream()
                .filter(exception -> ids.contains(exception.id()))
                .toList();
    }

    /** The next date to be attended to: a warning, the check of the control, the end. Now when one has passed. */
    public Instant nextDate(long id) {
        var now = clock.instant();
        return dates(id)
                .filter(date -> date.isAfter(minded(id)))
                .min(Instant::compareTo)
                .orElse(now);
    }

    private Stream<Instant> dates(long id) {
        var ends = granted(id).stream()
                .filter(exception -> exception.endedAt() == null)
                .map(RiskException::until)
                .distinct()
                .toList();
        var checks = Optional.ofNullable(get(id).checkAt()).stream();
        var warnings = ends.stream().flatMap(end -> WARNINGS.stream().map(days -> end.minus(Duration.ofDays(days))));
        return Stream.of(ends.stream(), checks, warnings).flatMap(dates -> dates);
    }

    private Instant minded(long id) {
        return jdbc.sql("select minded_at from exception_request where id = ?")
                .param(id)
                .query((row, number) -> row.getTimestamp(1))
                .optional()
                .map(Timestamp::toInstant)
                .orElse(Instant.EPOCH);
    }

    /** Says what the date that has come calls for, and counts it as attended to. What is over ends. */
    public Step mind(long id) {
        exceptions.expire();
        var request = get(id);
        var checkAt = request.checkAt();
        var now = clock.instant();
        var step = granted(id).stream().allMatch(exception -> exception.endedAt() != null)
                ? Step.EXPIRED
                : checkAt != null && !checkAt.isAfter(now) && checkAt.isAfter(minded(id)) ? Step.CHECK : Step.WARN;
        jdbc.sql("update exception_request set minded_at = ? where id = ?")
                .params(at(now), id)
                .update();
        return step;
    }

    /** What holds the risk down was looked at and still works. */
    public void checked(long id, String evidence, @Nullable Instant next, Actor actor) {
        var request = get(id);
        if (next != null && !next.isAfter(clock.instant())) {
            throw Refusal.incomplete("The next check is in the future.");
        }
        if (next != null) {
            jdbc.sql("update exception_request set check_at = ? where id = ?")
                    .params(at(next), id)
                    .update();
        }
        audit.record(request.change(), actor, "control-checked", "request " + id, Map.of("evidence", evidence));
    }

    /**
     * Ends everything that a request brought, before its time.
     *
     * @return how many were ended
     */
    public int end(long id, String why, Actor actor) {
        var inForce = granted(id).stream()
                .filter(exception -> exception.endedAt() == null)
                .toList();
        inForce.forEach(exception -> exceptions.end(exception.id(), actor, why));
        return inForce.size();
    }

    /** Requests whose exceptions hold although what they rested on has changed for the worse, and what has changed. */
    public Map<Long, String> outdated() {
        var outdated = new LinkedHashMap<Long, String>();
        jdbc.sql("""
                        select distinct q.* from exception_request q join risk_exception e on e.request = q.id
                         where e.ended_at is null and q.minded_at is not null order by q.id""")
                .query((row, number) ->
                        Map.entry(read(row), new Basis(row.getBoolean("exploited"), row.getString("exposure"))))
                .list()
                .forEach(accepted -> {
                    var now = basis(accepted.getKey());
                    if (now.exploited() && !accepted.getValue().exploited()) {
                        outdated.put(accepted.getKey().id(), "the vulnerability is exploited now");
                    } else if (now.exposure().equals("public")
                            && !accepted.getValue().exposure().equals("public")) {
                        outdated.put(accepted.getKey().id(), "a host can be reached from the internet now");
                    }
                });
        return outdated;
    }

    /** Nobody decided in time. */
    public void refuseForSilence(long id) {
        refuse(id, "nobody decided in time", ACTOR);
    }

    private static ExceptionRequest read(ResultSet row) throws SQLException {
        var renews = row.getLong("renews");
        Long before = row.wasNull() ? null : renews;
        var days = row.getInt("max_days");
        Integer maxDays = row.wasNull() ? null : days;
        return new ExceptionRequest(
                row.getLong("id"),
                new ChangeId(row.getString("change_id")),
                Stream.of((Long[]) row.getArray("assets").getArray())
                        .map(AssetId::new)
                        .toList(),
                row.getString("kind"),
                row.getString("reason"),
                row.getString("control"),
                row.getString("vex"),
                row.getString("exit_plan"),
                row.getString("requested_by"),
                instant(row.getTimestamp("wanted_until")),
                instant(row.getTimestamp("check_at")),
                before,
                row.getString("residual_risk"),
                List.of((String[]) row.getArray("authority").getArray()),
                maxDays,
                row.getBoolean("opinion_binds"),
                row.getString("opinion"),
                row.getString("opinion_text"),
                row.getString("decision"),
                row.getString("decided_by"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
