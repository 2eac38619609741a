package org.patchboard.lifecycle.engine;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Opens and withdraws changes: the record and its process in one transaction. */
@UseCase
public class ChangeProcesses {

    private final Changes changes;
    private final Statements statements;
    private final Approvals approvals;
    private final Decisions decisions;
    private final Scopes scopes;
    private final Duties duties;
    private final RuntimeService engine;
    private final AsTheHouse house;
    private final JdbcClient jdbc;

    ChangeProcesses(
            Changes changes,
            Statements statements,
            Approvals approvals,
            Decisions decisions,
            Scopes scopes,
            Duties duties,
            RuntimeService engine,
            AsTheHouse house,
            JdbcClient jdbc) {
        this.changes = changes;
        this.statements = statements;
        this.approvals = approvals;
        this.decisions = decisions;
        this.scopes = scopes;
        this.duties = duties;
        this.engine = engine;
        this.house = house;
        this.jdbc = jdbc;
    }

    /**
     * Opens a change for a package and a group, by hand or by a rule.
     *
     * @param advisory {@code ecosystem/package}
     * @throws Refusal when nothing is found that it would cure, or such a change is open already
     */
    public ChangeId open(String advisory, String maintenanceGroup, String title, String reason, Actor requester) {
        var parts = advisory.split("/", 2);
        if (parts.length != 2) {
            throw Refusal.incomplete("An advisory is written ecosystem/package, such as deb/openssl.");
        }
        var found = scopes.found(maintenanceGroup, parts[0], parts[1]);
        var change = changes.open(
                new NewChange(advisory, found.cves(), maintenanceGroup, title, reason, found.scope()), requester);
        if (requester.isPerson()) {
            duties.take(change, requester.name(), Duty.REQUEST);
        }
        scopes.carry(change);
        house.run(() -> engine.startProcessInstanceByKey(PatchChange.KEY, change.value()));
        return change;
    }

    /**
     * Opens a change because the table says so, with the receipt of that decision.
     *
     * @param facts what the table {@link OpenChanges#TABLE} was asked
     */
    ChangeId openByTable(
            String advisory, String maintenanceGroup, String title, String reason, Actor rule, Map<String, ?> facts) {
        var change = open(advisory, maintenanceGroup, title, reason, rule);
        decisions.decide(change, OpenChanges.TABLE, facts);
        return change;
    }

    /**
     * Opens a change for CVEs of a group: the packages that cure them decide the advisory; they must be one.
     */
    public ChangeId openForCves(
            List<String> cves, String maintenanceGroup, String title, String reason, Actor requester) {
        var advisories = jdbc.sql("""
                        select distinct f.ecosystem || '/' || f.package
                          from finding f join asset a on a.id = f.asset
                         where f.state = 'open' and f.fixed_version is not null and f.cve = any(:cves)
                           and a.maintenance_group = :group""")
                .param("cves", cves.toArray(String[]::new))
                .param("group", maintenanceGroup)
                .query(String.class)
                .list();
        if (advisories.size() != 1) {
            throw Refusal.incomplete(
                    advisories.isEmpty()
                            ? "No host of %s has an open finding of these CVEs with a known fix."
                                    .formatted(maintenanceGroup)
                            : "These CVEs are cured by several packages (%s); open a change for each."
                                    .formatted(String.join(", ", advisories)));
        }
        return open(advisories.get(0), maintenanceGroup, title, reason, requester);
    }

    /** Ends a change before anything was installed. */
    public void withdraw(ChangeId change, String reason, Actor actor) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why the change is withdrawn.");
        }
        var state = changes.get(change).state();
        if (!state.next().contains(ChangeState.WITHDRAWN)) {
            throw Refusal.conflict(
                    "%s is in %s; what has begun is closed by its process.".formatted(change, state.word()));
        }
        approvals.drop(change, "the change is withdrawn: " + reason, actor);
        statements.record(change, 0, "withdrawal", "withdrawn", reason, actor);
        changes.close(change, "withdrawn", actor);
        house.run(() -> engine.createMessageCorrelation(PatchChange.WITHDRAWN)
                .processInstanceBusinessKey(change.value())
                .setVariables(Map.of())
                .correlate());
    }
}
