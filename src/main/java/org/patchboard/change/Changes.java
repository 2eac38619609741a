package org.patchboard.change;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keeps change records. A record moves only along {@link ChangeState#next()}; each move is in the trail. */
@UseCase
public class Changes {

    /** Every criterion may be null, which means: any. */
    public record ChangeFilter(
            @Nullable String state,
            @Nullable String priority,
            @Nullable String maintenanceGroup,
            @Nullable String text) {}

    private static final String COLUMNS = """
            select c.*, array(select v.cve from change_vulnerability v where v.change_id = c.id order by v.cve) as cves
            """;

    private static final String FILTERED = """
            from change_record c
            where (cast(:state as text) is null or c.state = :state
                   or :state = 'open' and c.state not in ('closed', 'withdrawn'))
              and (cast(:priority as text) is null or c.priority = :priority)
              and (cast(:group as text) is null or c.maintenance_group = :group)
              and (cast(:text as text) is null or c.title ilike '%' || :text || '%' or c.id ilike '%' || :text || '%'
                   or c.advisory ilike '%' || :text || '%'
                   or exists (select from change_vulnerability v where v.change_id = c.id and v.cve ilike :text || '%'))
            """;

    private static final Map<String, String> SORTS = Map.of(
            "id", "c.id",
            "title", "c.title",
            "state", "c.state",
            "priority", "array_position(array['critical', 'high', 'medium', 'low'], c.priority)",
            "due", "c.due_at",
            "opened", "c.opened_at");

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Changes(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Opens a record in triage.
     *
     * @throws Refusal when a change for the same advisory and group is open already
     */
    public ChangeId open(NewChange wanted, Actor requester) {
        if (jdbc.sql("select id from maintenance_group where id = ? for update")
                .param(wanted.maintenanceGroup())
                .query(String.class)
                .optional()
                .isEmpty()) {
            throw Refusal.unknown("There is no maintenance group " + wanted.maintenanceGroup() + ".");
        }
        openFor(wanted.advisory(), wanted.maintenanceGroup()).ifPresent(open -> {
            throw Refusal.conflict(
                    "%s already carries %s for %s.".formatted(open, wanted.advisory(), wanted.maintenanceGroup()));
        });
        var number =
                jdbc.sql("select nextval('change_number')").query(Long.class).single();
        var id = new ChangeId("CHG-%06d".formatted(number));
        jdbc.sql("""
                        insert into change_record (id, title, reason, state, advisory, maintenance_group, requester, opened_at)
                        values (:id, :title, :reason, 'triage', :advisory, :group, :requester, :at)""")
                .param("id", id.value())
                .param("title", wanted.title())
                .param("reason", wanted.reason())
                .param("advisory", wanted.advisory())
                .param("group", wanted.maintenanceGroup())
                .param("requester", requester.name())
                .param("at", now())
                .update();
        jdbc.sql("insert into change_vulnerability (change_id, cve) select :id, unnest(cast(:cves as text[]))")
                .param("id", id.value())
                .param("cves", wanted.cves().stream().distinct().toArray(String[]::new))
                .update();
        scope(id, wanted.scope());
        audit.record(
                id,
                requester,
                "change-opened",
                wanted.title(),
                Map.of(
                        "advisory", wanted.advisory(),
                        "maintenanceGroup", wanted.maintenanceGroup(),
                        "cves", wanted.cves(),
                        "reason", wanted.reason(),
                        "hosts",
                                wanted.scope().stream()
                                        .map(s -> s.asset().value())
                                        .distinct()
                                        .count()));
        return id;
    }

    /** The open change that carries the advisory for the group. */
    public Optional<ChangeId> openFor(String advisory, String maintenanceGroup) {
        return jdbc.sql("""
                        select id from change_record
                         where advisory = ? and maintenance_group = ? and state not in ('closed', 'withdrawn')""")
                .params(advisory, maintenanceGroup)
                .query((row, number) -> new ChangeId(row.getString(1)))
                .optional();
    }

    public Optional<ChangeRecord> find(ChangeId change) {
        return jdbc.sql(COLUMNS + "from change_record c where c.id = ?")
                .param(change.value())
                .query((row, number) -> record(row))
                .optional();
    }

    /** @throws Refusal when there is no such change */
    public ChangeRecord get(ChangeId change) {
        return find(change).orElseThrow(() -> Refusal.unknown("There is no change " + change + "."));
    }

    /** Newest first. {@code open} as a state means any that is not closed or withdrawn. */
    public Slice<ChangeRecord> page(ChangeFilter filter, int page, int size) {
        return page(filter, page, size, null);
    }

    /**
     * The same in another order.
     *
     * @param sort {@code id}, {@code title}, {@code state}, {@code priority}, {@code due} or {@code opened}, with
     *     {@code ,desc} for the other way round; null for the newest first
     */
    public Slice<ChangeRecord> page(ChangeFilter filter, int page, int size, @Nullable String sort) {
        Slice.checkBounds(page, size);
        var order = Sorting.by(sort, "opened,desc", SORTS, "c.id desc");
        var total = filtered("select count(*) " + FILTERED, filter)
                .query(Long.class)
                .single();
        var items = filtered(COLUMNS + FILTERED + order + " limit " + size + " offset " + (long) page * size, filter)
                .query((row, number) -> record(row))
                .list();
        return new Slice<>(items, page, size, total);
    }

    /** What each host in scope has and must get. */
    public List<NewChange.Scoped> scopeOf(ChangeId change) {
        return jdbc.sql("""
                        select asset, ecosystem, package, from_version, target_version from change_asset
                         where change_id = ? order by asset, ecosystem, package""")
                .param(change.value())
                .query((row, number) -> new NewChange.Scoped(
                        new AssetId(row.getLong("asset")),
                        row.getString("ecosystem"),
                        row.getString("package"),
                        row.getString("from_version"),
                        row.getString("target_version")))
                .list();
    }

    /** Replaces the hosts in scope; a change that has lost its last host keeps the old ones and says so. */
    public void rescope(ChangeId change, List<NewChange.Scoped> scope, Actor actor) {
        if (scope.isEmpty() || scope.equals(scopeOf(change))) {
            return;
        }
        jdbc.sql("delete from change_asset where change_id = ?")
                .param(change.value())
                .update();
        scope(change, scope);
        audit.record(
                change,
                actor,
                "scope-matched",
                change.value(),
                Map.of(
                        "hosts",
                        scope.stream().map(s -> s.asset().value()).distinct().count()));
    }

    /** Adds what the change turns out to cure as well. */
    public void addVulnerabilities(ChangeId change, List<String> cves, Actor actor) {
        var added = jdbc.sql("""
                        insert into change_vulnerability (change_id, cve) select :id, unnest(cast(:cves as text[]))
                        on conflict do nothing returning cve""")
                .param("id", change.value())
                .param("cves", cves.stream().distinct().toArray(String[]::new))
                .query(String.class)
                .list();
        if (!added.isEmpty()) {
            audit.record(change, actor, "vulnerabilities-added", change.value(), Map.of("cves", added));
        }
    }

    /**
     * Moves the change on.
     *
     * @throws Refusal when its state does not lead there
     */
    public void moveTo(ChangeId change, ChangeState wanted, Actor actor) {
        var state = lock(change);
        if (state == wanted) {
            return;
        }
        if (!state.next().contains(wanted)) {
            throw Refusal.conflict(
                    "%s is in %s, from which it does not go to %s.".formatted(change, state.word(), wanted.word()));
        }
        jdbc.sql("update change_record set state = ? where id = ?")
                .params(wanted.word(), change.value())
                .update();
        audit.record(change, actor, "state-changed", wanted.word(), Map.of("from", state.word(), "to", wanted.word()));
    }

    /** @param outcome one of the table's outcomes: {@code completed}, {@code not-affected} … */
    public void close(ChangeId change, String outcome, Actor actor) {
        var state = lock(change);
        var end = outcome.equals("withdrawn") ? ChangeState.WITHDRAWN : ChangeState.CLOSED;
        if (!state.next().contains(end)) {
            throw Refusal.conflict("%s is in %s and cannot be closed.".formatted(change, state.word()));
        }
        jdbc.sql("update change_record set state = ?, outcome = ?, closed_at = ? where id = ?")
                .params(end.word(), outcome, now(), change.value())
                .update();
        audit.record(change, actor, "change-closed", outcome, Map.of("outcome", outcome));
    }

    public void prioritise(ChangeId change, String priority, Actor actor) {
        jdbc.sql("update change_record set priority = ? where id = ?")
                .params(priority, change.value())
                .update();
        audit.record(change, actor, "priority-set", priority, Map.of("priority", priority));
    }

    /** The deadline that binds; null when none does. */
    public void due(
            ChangeId change,
            @Nullable Instant due,
            @Nullable String pack,
            @Nullable String citation,
            boolean forensicTriage,
            Actor actor) {
        jdbc.sql("""
                        update change_record set due_at = :due, due_pack = :pack, due_citation = :citation,
                                                 forensic_triage = :forensic
                         where id = :id""")
                .param("due", due == null ? null : due.atOffset(ZoneOffset.UTC))
                .param("pack", pack)
                .param("citation", citation)
                .param("forensic", forensicTriage)
                .param("id", change.value())
                .update();
        audit.record(
                change,
                actor,
                "deadline-set",
                due == null ? "none" : due.toString(),
                Map.of("pack", pack == null ? "" : pack, "forensicTriage", forensicTriage));
    }

    public void classify(ChangeId change, String changeClass, String risk, Actor actor) {
        jdbc.sql("update change_record set class = ?, risk = ? where id = ?")
                .params(changeClass, risk, change.value())
                .update();
        audit.record(change, actor, "change-classified", changeClass, Map.of("class", changeClass, "risk", risk));
    }

    private void scope(ChangeId change, List<NewChange.Scoped> scope) {
        jdbc.sql("""
                        insert into change_asset (change_id, asset, ecosystem, package, from_version, target_version)
                        select :change, * from unnest(cast(:assets as bigint[]), cast(:ecosystems as text[]),
                               cast(:packages as text[]), cast(:from as text[]), cast(:to as text[]))
                        on conflict do nothing""")
                .param("change", change.value())
                .param("assets", scope.stream().map(s -> s.asset().value()).toArray(Long[]::new))
                .param(
                        "ecosystems",
                        scope.stream().map(NewChange.Scoped::ecosystem).toArray(String[]::new))
                .param("packages", scope.stream().map(NewChange.Scoped::name).toArray(String[]::new))
                .param("from", scope.stream().map(NewChange.Scoped::from).toArray(String[]::new))
                .param("to", scope.stream().map(NewChange.Scoped::target).toArray(String[]::new))
                .update();
    }

    /** Lets deeds on one change follow one another until the caller's transaction ends; says where it stands. */
    public ChangeState lock(ChangeId change) {
        return jdbc.sql("select state from change_record where id = ? for update")
                .param(change.value())
                .query((row, number) -> ChangeState.of(row.getString(1)))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no change " + change + "."));
    }

    private JdbcClient.StatementSpec filtered(String sql, ChangeFilter filter) {
        return jdbc.sql(sql)
                .param("state", filter.state())
                .param("priority", filter.priority())
                .param("group", filter.maintenanceGroup())
                .param("text", filter.text());
    }

    private static ChangeRecord record(ResultSet row) throws SQLException {
        return new ChangeRecord(
                new ChangeId(row.getString("id")),
                row.getString("title"),
                row.getString("reason"),
                ChangeState.of(row.getString("state")),
                row.getString("outcome"),
                row.getString("class"),
                row.getString("risk"),
                row.getString("priority"),
                row.getString("advisory"),
                row.getString("maintenance_group"),
                row.getString("requester"),
                row.getBoolean("forensic_triage"),
                instant(row, "due_at"),
                row.getString("due_pack"),
                row.getString("due_citation"),
                row.getTimestamp("opened_at").toInstant(),
                instant(row, "closed_at"),
                List.of((String[]) row.getArray("cves").getArray()));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
