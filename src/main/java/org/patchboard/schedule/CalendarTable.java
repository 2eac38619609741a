package org.patchboard.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of windows and freezes; a removed one stays, because old bookings and decisions point at it. */
@Repository
class CalendarTable {

    private static final String COLUMNS = """
            select id, kind, name, zone, starts, extract(epoch from duration)::bigint as seconds, rrule, exdates,
                   scope_kind, scope_value, permits
              from calendar_entry
            """;

    /** Nothing that recurs more rarely than yearly is a window; leap days need four years, once even eight. */
    private static final Duration AHEAD = Duration.ofDays(8 * 366);

    private static final DateTimeFormatter UNTIL = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    CalendarTable(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    List<CalendarEntry> all(String kind) {
        return jdbc.sql(COLUMNS + " where kind = ? and deleted_at is null order by name, id")
                .param(kind)
                .query((row, number) -> entry(row))
                .list();
    }

    CalendarEntry get(String kind, long id) {
        return jdbc.sql(COLUMNS + " where kind = ? and id = ? and deleted_at is null")
                .params(kind, id)
                .query((row, number) -> entry(row))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no %s %d.".formatted(kind, id)));
    }

    CalendarEntry add(String kind, EntryDraft draft, Actor actor) {
        refuseUnknownScope(draft.scope());
        var id = bind(jdbc.sql("""
                        insert into calendar_entry (kind, name, zone, starts, duration, rrule, exdates, scope_kind,
                                                    scope_value, permits, created_by, created_at)
                        values (:kind, :name, :zone, :starts, make_interval(secs => :seconds), :rrule, :exdates,
                                :scopeKind, :scopeValue, :permits, :by, :at) returning id"""), draft)
                .param("kind", kind)
                .param("by", actor.name())
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
        tell(kind, id, draft, actor, "added");
        return new CalendarEntry(id, kind, draft);
    }

    CalendarEntry change(String kind, long id, EntryDraft draft, Actor actor) {
        refuseUnknownScope(draft.scope());
        get(kind, id);
        bind(jdbc.sql("""
                        update calendar_entry
                           set name = :name, zone = :zone, starts = :starts, duration = make_interval(secs => :seconds),
                               rrule = :rrule, exdates = :exdates, scope_kind = :scopeKind, scope_value = :scopeValue,
                               permits = :permits
                         where id = :id"""), draft).param("id", id).update();
        tell(kind, id, draft, actor, "changed");
        return new CalendarEntry(id, kind, draft);
    }

    void remove(String kind, long id, Actor actor) {
        var entry = get(kind, id);
        jdbc.sql("update calendar_entry set deleted_at = ? where id = ?")
                .params(clock.instant().atOffset(ZoneOffset.UTC), id)
                .update();
        tell(kind, id, entry.content(), actor, "removed");
    }

    /** See {@link CalendarKeeper#end}. */
    Optional<CalendarEntry> end(String kind, long id, Actor actor) {
        var entry = get(kind, id);
        var content = entry.content();
        var now = clock.instant();
        var local = LocalDateTime.ofInstant(now, entry.zone()).truncatedTo(ChronoUnit.SECONDS);
        if (content.start().isAfter(local)) {
            remove(kind, id, actor);
            return Optional.empty();
        }
        if (entry.between(now, now.plus(AHEAD)).isEmpty()) {
            throw Refusal.conflict("\"%s\" is over: nothing of it was to begin any more.".formatted(content.name()));
        }
        var rule = content.rrule();
        var length = content.duration();
        if (rule == null) {
            length = Duration.between(content.start(), local).plusSeconds(1);
        } else {
            rule = rule.toUpperCase(Locale.ROOT).replaceAll(";?(UNTIL|COUNT)=[0-9TZ]+", "")
                    + ";UNTIL="
                    + UNTIL.format(now.atOffset(ZoneOffset.UTC));
        }
        return Optional.of(change(
                kind,
                id,
                new EntryDraft(
                        content.name(),
                        content.zone(),
                        content.start(),
                        length,
                        rule,
                        content.exdates(),
                        content.scope(),
                        content.permits()),
                actor));
    }

    /** Windows that cover every asset of the change: what only some of its hosts may use does not count. */
    List<CalendarEntry> windowsFor(ChangeScope scope) {
        return scoped("window", "(select count(*) from asset where id = any(:assets))", scope);
    }

    /** Freezes that cover at least one asset of the change. */
    List<CalendarEntry> freezesFor(ChangeScope scope) {
        return scoped("freeze", "1", scope);
    }

    /**
     * The hosts are read once and not once for each entry: a house has thousands of entries.
     *
     * @param least how many of the hosts a scope has to hold, SQL
     */
    private List<CalendarEntry> scoped(String kind, String least, ChangeScope scope) {
        return jdbc.sql("""
                        with held as (
                          select s.kind, s.value
                            from asset a
                           cross join lateral (
                             select 'maintenance-group' as kind, a.maintenance_group as value
                             union all select 'tag', tag from unnest(a.tags) tag
                             union all select 'asset', a.name) s
                           where a.id = any(:assets)
                           group by s.kind, s.value having count(distinct a.id) >= %s)
                        """.formatted(least) + COLUMNS + """
                         e where e.kind = :kind and e.deleted_at is null
                           and (e.scope_kind = 'all' or (e.scope_kind, e.scope_value) in (select kind, value from held))
                         order by e.id""")
                .param("kind", kind)
                .param("assets", scope.keys())
                .query((row, number) -> entry(row))
                .list();
    }

    private void refuseUnknownScope(Scope scope) {
        var known = switch (scope.kind()) {
            case ALL, TAG -> Optional.of(1);
            case MAINTENANCE_GROUP ->
                jdbc.sql("select 1 from maintenance_group where id = ?")
                        .param(scope.value())
                        .query(Integer.class)
                        .optional();
            case ASSET ->
                jdbc.sql("select 1 from asset where name = ?")
                        .param(scope.value())
                        .query(Integer.class)
                        .optional();
        };
        if (known.isEmpty()) {
            throw Refusal.unknown("There is no " + scope + ".");
        }
    }

    private static JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement, EntryDraft draft) {
        return statement
                .param("name", draft.name())
                .param("zone", draft.zone())
                .param("starts", draft.start())
                .param("seconds", draft.duration().toSeconds())
                .param("rrule", draft.rrule())
                .param(
                        "exdates",
                        draft.exdates().stream().map(Timestamp::valueOf).toArray(Timestamp[]::new))
                .param("scopeKind", draft.scope().kind().word())
                .param("scopeValue", draft.scope().value())
                .param("permits", draft.permits().toArray(String[]::new));
    }

    private void tell(String kind, long id, EntryDraft draft, Actor actor, String deed) {
        var content = new LinkedHashMap<String, Object>();
        content.put("id", id);
        content.put("zone", draft.zone());
        content.put("start", draft.start().toString());
        content.put("duration", draft.duration().toString());
        content.put("scope", draft.scope().toString());
        content.put("permits", draft.permits());
        content.put("rrule", draft.rrule() == null ? "" : draft.rrule());
        content.put(
                "exdates", draft.exdates().stream().map(LocalDateTime::toString).toList());
        audit.record("calendar", actor, kind + "-" + deed, draft.name(), Map.copyOf(content));
    }

    private static CalendarEntry entry(ResultSet row) throws SQLException {
        var exdates = row.getArray("exdates").getArray();
        return new CalendarEntry(
                row.getLong("id"),
                row.getString("kind"),
                new EntryDraft(
                        row.getString("name"),
                        row.getString("zone"),
                        row.getObject("starts", LocalDateTime.class),
                        Duration.ofSeconds(row.getLong("seconds")),
                        row.getString("rrule"),
                        Arrays.stream((Timestamp[]) exdates)
                                .map(Timestamp::toLocalDateTime)
                                .toList(),
                        new Scope(Scope.Kind.of(row.getString("scope_kind")), row.getString("scope_value")),
                        List.of((String[]) row.getArray("permits").getArray())));
    }
}
