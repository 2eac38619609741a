package org.patchboard.rollout;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.change.Plan;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.engine.ReleaseSigner;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hosts, a change and its plan, of the test's own: every name is new. */
public final class Estate {

    public static final String OLD = "3.0.11-1~deb12u2";
    public static final String NEW = "3.0.15-1~deb12u1";

    private final ApplicationContext context;
    private final JdbcClient jdbc;
    private final Changes changes;
    private final Plans plans;
    private final Clock clock;
    private final String tag = UUID.randomUUID().toString().substring(0, 8);
    private final String group;
    private final List<Plan.PlannedRing> rings = new ArrayList<>();
    private final List<NewChange.Scoped> scope = new ArrayList<>();
    private String reboot = "if-required";

    public Estate(ApplicationContext context, String owner, String deployer, String verifier) {
        this.context = context;
        jdbc = context.getBean(JdbcClient.class);
        changes = context.getBean(Changes.class);
        plans = context.getBean(Plans.class);
        clock = context.getBean(Clock.class);
        group = "group-" + tag;
        jdbc.sql("insert into maintenance_group (id, name, owner, deployer, verifier) values (?, ?, ?, ?, ?)")
                .params(group, "Group " + tag, owner, deployer, verifier)
                .update();
    }

    /** The host's full name; the simulator goes by what it contains. */
    public String name(String name) {
        return name + "-" + tag;
    }

    public AssetId asset(String name) {
        return new AssetId(jdbc.sql("select id from asset where name = ?")
                .param(name(name))
                .query(Long.class)
                .single());
    }

    public Estate ring(int number, String kind, Duration soak, int share, String... names) {
        var hosts = new ArrayList<Plan.PlannedHost>();
        for (var name : names) {
            var id = jdbc.sql("""
                            insert into asset (name, kind, address, maintenance_group, source, first_seen, last_seen,
                                               changed_at)
                            values (?, 'server', '192.0.2.1', ?, 'test', ?, ?, ?) returning id""")
                    .params(name(name), group, now(), now(), now())
                    .query(Long.class)
                    .single();
            hosts.add(new Plan.PlannedHost(id, name(name), List.of(new Plan.Step("deb", "openssl-" + tag, OLD, NEW))));
            scope.add(new NewChange.Scoped(new AssetId(id), "deb", "openssl-" + tag, OLD, NEW));
        }
        rings.add(new Plan.PlannedRing(number, kind + " " + number, kind, hosts, soak.toString(), share));
        return this;
    }

    public Estate neverRestart() {
        reboot = "never";
        return this;
    }

    /** The package that the change is about. */
    public String patched() {
        return "openssl-" + tag;
    }

    /** Opens the change, stores its plan and books a window around the present. */
    public ChangeId change(String planner) {
        var change = changes.open(
                new NewChange(
                        "deb/openssl-" + tag, List.of("CVE-2024-12797"), group, "Patch openssl " + tag, "test", scope),
                Actor.system("test"));
        plans.store(
                change,
                new Plan(
                        List.of(new Plan.Patch("deb", "openssl-" + tag, NEW)),
                        rings,
                        "canary",
                        new Plan.WindowWish("", ""),
                        "checked",
                        "checked",
                        "backup",
                        "old version back",
                        "told",
                        "because",
                        "none",
                        reboot,
                        new Plan.RiskBasis("high", "", List.of())),
                Actor.person(planner));
        jdbc.sql("update change_record set state = 'scheduled', priority = 'high' where id = ?")
                .param(change.value())
                .update();
        jdbc.sql("""
                        insert into booking (change_id, revision, sequence, window_name, zone, starts_at, ends_at, state,
                                             booked_at)
                        values (?, 1, 1, 'Test window', 'UTC', ?, ?, 'booked', ?)""")
                .params(
                        change.value(),
                        Timestamp.from(clock.instant().minus(Duration.ofHours(1))),
                        Timestamp.from(clock.instant().plus(Duration.ofHours(4))),
                        now())
                .update();
        return change;
    }

    /** What the gate of a ring answered, for exactly the plan in force. */
    public void gate(ChangeId change, int ring, boolean open) {
        var plan = plans.current(change).orElseThrow();
        jdbc.sql("""
                        insert into gate_answer (change_id, revision, ring, open, reasons, digest, at)
                        values (?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        change.value(),
                        plan.revision(),
                        ring,
                        open,
                        open ? new String[0] : new String[] {"a freeze is in force"},
                        plan.digest(),
                        now())
                .update();
        if (open) {
            approve(change, plan);
            releases(change, plan, ring);
        }
    }

    private void approve(ChangeId change, PlanRevision plan) {
        jdbc.sql("""
                        insert into ballot (change_id, revision, digest, authority, minimum_votes, required_teams, eligible,
                                            deadline, receipt, outcome, outcome_reason, opened_at, decided_at)
                        values (?, ?, ?, 'cab', 1, '{}', '{}', ?, gen_random_uuid(), 'approved', 'by the test', ?, ?)
                        on conflict do nothing""")
                .params(change.value(), plan.revision(), plan.digest(), now(), now(), now())
                .update();
    }

    private void releases(ChangeId change, PlanRevision plan, int ring) {
        context.getBean(RolloutPlans.class).cut(change);
        context.getBean(ReleaseSigner.class)
                .forRing(change, plan.revision(), ring, clock.instant().minusSeconds(60), windowEnd(change));
    }

    public String stateOf(ChangeId change) {
        return jdbc.sql("select state from change_record where id = ?")
                .param(change.value())
                .query(String.class)
                .single();
    }

    public Instant windowEnd(ChangeId change) {
        return jdbc.sql("select ends_at from booking where change_id = ?")
                .param(change.value())
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
