package org.patchboard.lifecycle.engine;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.patchboard.change.Plan;
import org.patchboard.change.Plans;
import org.patchboard.rollout.RingPlan;
import org.patchboard.rollout.RingPlan.PlannedHost;
import org.patchboard.rollout.RingPlan.PlannedStep;
import org.patchboard.rollout.Rings;
import org.patchboard.rollout.spi.Deployer.RebootPolicy;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Joins a change's plan and its rings: the newest revision of the plan is cut into rings before it is first used. */
@Component
public class RolloutPlans {

    private final JdbcClient jdbc;
    private final Plans plans;
    private final Rings rings;

    RolloutPlans(JdbcClient jdbc, Plans plans, Rings rings) {
        this.jdbc = jdbc;
        this.plans = plans;
        this.rings = rings;
    }

    /** Makes sure that the newest revision has its rings, and returns its number. */
    public int cut(ChangeId change) {
        var newest = plans.current(change).orElseThrow(() -> new IllegalStateException(change + " has no plan"));
        rings.plan(
                change,
                newest.revision(),
                newest.digest(),
                deployer(change),
                reboot(newest.plan().reboot()),
                newest.plan().rings().stream().map(RolloutPlans::ring).toList());
        return newest.revision();
    }

    /** The revision under which a ring was last started; the newest one that has it when it never was. */
    public int revisionOf(ChangeId change, int ring) {
        return jdbc.sql("""
                        select revision from ring where change_id = ? and number = ?
                         order by (started_at is not null) desc, revision desc limit 1""")
                .param(change.value())
                .param(ring)
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException("%s has no ring %d".formatted(change, ring)));
    }

    /** The newest revision of the plan; 0 when there is none. */
    public int newestRevision(ChangeId change) {
        return jdbc.sql("select coalesce(max(revision), 0) from plan_revision where change_id = ?")
                .param(change.value())
                .query(Integer.class)
                .single();
    }

    private String deployer(ChangeId change) {
        return jdbc.sql("""
                        select g.deployer from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = ?""").param(change.value()).query(String.class).single();
    }

    private static RingPlan ring(Plan.PlannedRing ring) {
        return new RingPlan(
                ring.number(),
                ring.name(),
                ring.kind(),
                Duration.parse(ring.soak()),
                ring.successShare(),
                ring.hosts().stream().map(RolloutPlans::host).toList());
    }

    private static PlannedHost host(Plan.PlannedHost host) {
        return new PlannedHost(
                new AssetId(host.asset()),
                host.steps().stream()
                        .map(step -> new PlannedStep(step.ecosystem(), step.name(), step.from(), step.to()))
                        .toList());
    }

    /** A plan that says nothing we know leaves the restart to the host's own need. */
    private static RebootPolicy reboot(String said) {
        var name = said.toUpperCase(Locale.ROOT).replace('-', '_');
        return Stream.of(RebootPolicy.values())
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .orElse(RebootPolicy.IF_REQUIRED);
    }
}
