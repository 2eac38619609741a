package org.patchboard.lifecycle.engine;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Plan;
import org.patchboard.change.Plan.PlannedHost;
import org.patchboard.change.Plan.PlannedRing;
import org.patchboard.change.PlanProposal;
import org.patchboard.change.PlanProposal.Candidate;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Cuts rings from the hosts in scope and stores the coordinator's plan. */
@UseCase
public class Planning {

    private static final Actor ACTOR = Actor.system("planning");

    /** What the coordinator chooses; hosts and versions come from the scope. */
    public record Choices(
            String strategy,
            int canaryPercent,
            Duration soak,
            int successShare,
            String reboot,
            String earliest,
            String preChecks,
            String postChecks,
            String backup,
            String backOut,
            String communication,
            String reason,
            String securityImpact) {}

    private final JdbcClient jdbc;
    private final Changes changes;
    private final Plans plans;
    private final Scopes scopes;
    private final Statements statements;
    private final Approvals approvals;

    Planning(JdbcClient jdbc, Changes changes, Plans plans, Scopes scopes, Statements statements, Approvals approvals) {
        this.jdbc = jdbc;
        this.changes = changes;
        this.plans = plans;
        this.scopes = scopes;
        this.statements = statements;
        this.approvals = approvals;
    }

    /**
     * Plans, for the first time or again. Before anything was installed the hosts are matched afresh; afterwards the scope
     * stays, so that the hosts already done are verified with the others.
     */
    public void begin(ChangeId change) {
        if (!EnumSet.of(ChangeState.ROLLING_OUT, ChangeState.HALTED, ChangeState.VERIFYING)
                .contains(changes.lock(change))) {
            scopes.refresh(change);
        }
        changes.moveTo(change, ChangeState.PLANNING, ACTOR);
    }

    /** Moves on to the roll-out and says how many rings after the lab there are. */
    public int beginRollout(ChangeId change) {
        changes.moveTo(change, ChangeState.ROLLING_OUT, ACTOR);
        return (int) plan(change).plan().rings().stream()
                .filter(ring -> ring.number() > 0)
                .count();
    }

    private PlanRevision plan(ChangeId change) {
        return plans.current(change).orElseThrow(() -> new IllegalStateException(change + " has no plan"));
    }

    /** Rings as they would be cut, for the form. */
    public List<PlannedRing> proposal(ChangeId change) {
        return rings(change, "canary", 5, Duration.ofMinutes(30), 95);
    }

    /** Stores the plan that follows from the choices. */
    public PlanRevision store(ChangeId change, Choices choices, Actor author) {
        if (choices.canaryPercent() < 1 || choices.canaryPercent() > 50) {
            throw Refusal.incomplete("The canary ring takes between 1 and 50 percent of the hosts.");
        }
        if (choices.successShare() < 50 || choices.successShare() > 100) {
            throw Refusal.incomplete("A ring passes when between 50 and 100 percent of its hosts succeed.");
        }
        if (choices.soak().isNegative() || choices.soak().compareTo(Duration.ofDays(14)) > 0) {
            throw Refusal.incomplete("A ring soaks for at most 14 days.");
        }
        var rings = rings(change, choices.strategy(), choices.canaryPercent(), choices.soak(), choices.successShare());
        var record = changes.get(change);
        var patches = rings.stream()
                .flatMap(ring -> ring.hosts().stream())
                .flatMap(host -> host.steps().stream())
                .map(step -> new Plan.Patch(step.ecosystem(), step.name(), step.to()))
                .distinct()
                .toList();
        var receipts = jdbc.sql("select id::text from receipt where change_id = ? order by at, id")
                .param(change.value())
                .query(String.class)
                .list();
        var stored = plans.store(
                change,
                new Plan(
                        patches,
                        rings,
                        choices.strategy(),
                        new Plan.WindowWish(choices.earliest(), ""),
                        choices.preChecks(),
                        choices.postChecks(),
                        choices.backup(),
                        choices.backOut(),
                        choices.communication(),
                        choices.reason(),
                        choices.securityImpact(),
                        choices.reboot(),
                        new Plan.RiskBasis(
                                record.priority() == null ? "" : record.priority(),
                                record.due() == null ? "" : record.due().toString(),
                                receipts)),
                author);
        if (approvals.isRefused(stored)) {
            throw Refusal.conflict("The board has refused exactly this plan; say what is different now.");
        }
        // Says where one round of planning ends and the next begins, even when the plan stays the same.
        statements.record(change, stored.revision(), Impacts.PLAN, "submitted", choices.reason(), author);
        return stored;
    }

    private List<PlannedRing> rings(ChangeId change, String strategy, int canaryPercent, Duration soak, int share) {
        return PlanProposal.rings(candidates(change), strategy, canaryPercent, soak, share);
    }

    /** The least critical first: they go into the first rings. */
    private List<Candidate> candidates(ChangeId change) {
        record Row(
                long asset,
                String name,
                String environment,
                @Nullable String ha,
                Plan.Step step) {}
        var rows = jdbc.sql("""
                        select s.asset, a.name, a.environment, a.ha_group, s.ecosystem, s.package,
                               s.from_version, s.target_version
                          from change_asset s join asset a on a.id = s.asset
                         where s.change_id = ?
                         order by array_position(array['low', 'medium', 'high', 'very-high'], a.criticality), a.name""")
                .param(change.value())
                .query((row, number) -> new Row(
                        row.getLong("asset"),
                        row.getString("name"),
                        row.getString("environment"),
                        row.getString("ha_group"),
                        new Plan.Step(
                                row.getString("ecosystem"),
                                row.getString("package"),
                                row.getString("from_version"),
                                row.getString("target_version"))))
                .list();
        Map<Long, List<Row>> byAsset = new LinkedHashMap<>();
        rows.forEach(row ->
                byAsset.computeIfAbsent(row.asset(), key -> new ArrayList<>()).add(row));
        return byAsset.values().stream()
                .map(steps -> new Candidate(
                        new PlannedHost(
                                steps.get(0).asset(),
                                steps.get(0).name(),
                                steps.stream().map(Row::step).toList()),
                        steps.get(0).environment().equals("lab"),
                        steps.get(0).ha()))
                .toList();
    }

    /** Where the hosts of the change are: what a planner writes about hours is meant there. */
    public ZoneId zone(ChangeId change) {
        return ZoneId.of(jdbc.sql("""
                        select g.zone from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = ?""").param(change.value()).query(String.class).single());
    }
}
