package org.patchboard.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.patchboard.TestPeople;
import org.patchboard.change.Changes;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.rollout.HostWorkByHand;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Changes through every stage, from the opening to the sealed closure, one after the other, with people and adapters that
 * answer at once: the real processes with their real beans. Limit: the same models in a bare engine, where every delegate
 * does nothing but set the variable that a gateway reads. Peer: the same, in Flowable ({@code bench/flowable-peer}).
 * All three are driven alike: whatever job is due is executed, whatever task is open is completed.
 */
final class Lifecycle {

    private static final int HOSTS = 10;

    /** A house runs for months: until so many changes, half of the time of both is the compiler's. */
    private static final int WARM_UP = 60;

    private static final String VOTE = "UserTask_Vote";

    private final ApplicationContext product;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final TestPeople people;
    private final People directory;
    private final IdentityService identity;
    private final ChangeProcesses processes;
    private final Changes changes;
    private final ManagementService management;
    private final TaskService tasks;
    private final FormService forms;
    private final HostWorkByHand hosts;
    private final Map<String, String> hands = new HashMap<>();
    private final Map<String, List<String>> teams = new HashMap<>();
    private int voters;
    private int votes;
    private int completed;

    Lifecycle(ApplicationContext product) {
        this.product = product;
        jdbc = product.getBean(JdbcClient.class);
        clock = product.getBean(Clock.class);
        people = product.getBean(TestPeople.class);
        directory = product.getBean(People.class);
        identity = product.getBean(IdentityService.class);
        processes = product.getBean(ChangeProcesses.class);
        changes = product.getBean(Changes.class);
        management = product.getBean(ManagementService.class);
        tasks = product.getBean(TaskService.class);
        forms = product.getBean(FormService.class);
        hosts = new HostWorkByHand(product);
    }

    List<Row> rows() throws Exception {
        for (var team : List.of(
                "vulnerability-analyst",
                "patch-coordinator",
                "security-representative",
                "tester",
                "change-manager",
                "verifier",
                "risk-owner",
                "on-call",
                "implementer",
                "incident-response")) {
            hands.put(team, people.someone(team));
        }
        people.someone("cab");
        people.someone("cab");
        people.someone("cab");
        var sizes = Bench.sizes(10, 30, 90);
        // Also tells how many are asked and have to vote; the other two get the same.
        through(scenes(WARM_UP));
        try (var limit = new BareEngine(database("bench_bare"), voters, votes)) {
            limit.through(WARM_UP);
            var peer = new FlowablePeer(sizes, database("bench_flowable"), voters, votes).nanos();
            var rows = new ArrayList<Row>();
            for (int i = 0; i < sizes.length; i++) {
                int size = sizes[i];
                var ready = new ArrayList<Scene>();
                var ours = Bench.median(
                        () -> {
                            ready.clear();
                            ready.addAll(scenes(size));
                        },
                        () -> through(ready));
                rows.add(new Row(
                        "%d changes of %d hosts, %d votes".formatted(size, HOSTS + 1, votes),
                        "changes/s",
                        Row.rate(size, ours),
                        peer.isEmpty() ? null : Row.rate(size, peer.get(i)),
                        Row.rate(size, Bench.median(() -> limit.through(size))),
                        0.7));
            }
            return rows;
        }
    }

    /** What a change is about: a group with hosts, a lab, findings, an owner, and a window that is open all the time. */
    private List<Scene> scenes(int number) {
        var scenes = new ArrayList<Scene>();
        for (int i = 0; i < number; i++) {
            var scene = new Scene(product).affectedLab("lab");
            for (int host = 0; host < HOSTS; host++) {
                scene.affected("host" + host);
            }
            ownedByTheSamePerson(scene);
            var now = clock.instant().atOffset(ZoneOffset.UTC);
            jdbc.sql("""
                            insert into calendar_entry (kind, name, zone, starts, duration, scope_kind, scope_value, created_by,
                                                        created_at)
                            values ('window', 'Always', 'UTC', :from, interval '40 days', 'maintenance-group', :group, 'bench',
                                    :now)""")
                    .param("from", now.toLocalDateTime().minusDays(1))
                    .param("group", scene.group)
                    .param("now", now)
                    .update();
            scenes.add(scene);
        }
        return scenes;
    }

    /** Each scene brings an owner of its own, and owners are told together: the hundredth change would have 100 letters. */
    private void ownedByTheSamePerson(Scene scene) {
        var owner = hands.computeIfAbsent("asset-owner", team -> scene.owner);
        if (!owner.equals(scene.owner)) {
            jdbc.sql("update maintenance_group set owner = ? where id = ?")
                    .params(owner, scene.group)
                    .update();
            jdbc.sql("update person set enabled = false where login = ?")
                    .param(scene.owner)
                    .update();
        }
    }

    private void through(List<Scene> scenes) throws InterruptedException {
        for (var scene : scenes) {
            through(scene);
        }
    }

    private void through(Scene scene) throws InterruptedException {
        var change = processes.open(
                scene.advisory(), scene.group, "Update " + scene.software, "a benchmark", Actor.system("rule:bench"));
        completed = 0;
        boolean moved;
        do {
            moved = jobs() || tasks() || hosts.runAll(change) > 0 || isSomethingDueAtOnce();
        } while (moved);
        votes = completed;
        var state = changes.get(change).state().word();
        if (!state.equals("closed")) {
            throw new IllegalStateException("%s stays in %s".formatted(change, state));
        }
        nothingIsLeft(change);
    }

    /** The house's clock is the database's; on a busy machine its "now" is some milliseconds ahead of the engine's. */
    private boolean isSomethingDueAtOnce() throws InterruptedException {
        var soon = Date.from(clock.instant().plusMillis(500));
        if (management.createJobQuery().withRetriesLeft().duedateLowerThan(soon).count() == 0) {
            return false;
        }
        Thread.sleep(1);
        return true;
    }

    /** Else the next change would pay for it. */
    private void nothingIsLeft(ChangeId change) {
        if (management.createJobQuery().noRetriesLeft().count() > 0) {
            throw new IllegalStateException("a job of " + change + " has failed");
        }
    }

    private boolean jobs() {
        var due = management.createJobQuery().executable().list();
        due.forEach(job -> management.executeJob(job.getId()));
        return !due.isEmpty();
    }

    private boolean tasks() {
        var open = tasks.createTaskQuery().initializeFormKeys().list();
        if (open.isEmpty()) {
            return false;
        }
        if (open.get(0).getTaskDefinitionKey().equals(VOTE)) {
            voters = Math.max(voters, open.size());
            completed++;
        }
        complete(open.get(0));
        return true;
    }

    private void complete(Task task) {
        var login = task.getAssignee();
        if (login == null) {
            login = tasks.getIdentityLinksForTask(task.getId()).stream()
                    .map(link -> hands.get(link.getGroupId()))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("nobody does " + task.getName()));
        }
        identity.setAuthentication(
                login, teams.computeIfAbsent(login, l -> directory.teamsOf(l).orElse(List.of())), List.of());
        try {
            if (task.getAssignee() == null) {
                tasks.claim(task.getId(), login);
            }
            forms.submitTaskForm(task.getId(), answers(task));
        } finally {
            identity.clearAuthentication();
        }
    }

    private Map<String, Object> answers(Task task) {
        return switch (task.getTaskDefinitionKey()) {
            case "UserTask_Triage" -> Map.of("disposition", "patch", "reason", "It is used.");
            case "UserTask_Plan" -> Scene.plan();
            case "UserTask_BusinessImpact", "UserTask_SecurityImpact" ->
                Map.of("verdict", "acceptable", "impact", "Two minutes.");
            case "UserTask_SignOffTest" ->
                Map.of("verdict", "pass", "effectiveness", "Version seen.", "sideEffects", "None.");
            case "UserTask_WaiveConflicts" -> Map.of("reason", "Agreed.");
            case VOTE ->
                Map.of("decision", "approve", "shownDigest", tasks.getVariableLocal(task.getId(), "shownDigest"));
            case "UserTask_ConsentToWindow" -> Map.of("decision", "consent");
            case "UserTask_SignClosure" -> Map.of("confirmed", true, "comment", "Seen.");
            case "UserTask_ReviewChange" ->
                Map.of("verdict", "sound", "rootCause", "Nothing went wrong.", "actions", "None.");
            default -> throw new IllegalStateException("nobody expected " + task.getName());
        };
    }

    private BareEngine.Database database(String name) {
        jdbc.sql("drop database if exists " + name).update();
        jdbc.sql("create database " + name).update();
        var pool = pool();
        return new BareEngine.Database(
                pool.getJdbcUrl().replaceFirst("/[^/?]*(\\?.*)?$", "/" + name), pool.getUsername(), pool.getPassword());
    }

    private HikariDataSource pool() {
        try {
            return product.getBean(DataSource.class).unwrap(HikariDataSource.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path models() throws IOException {
        return Path.of("processes").toRealPath();
    }
}
