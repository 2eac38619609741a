package org.patchboard.laws;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.IdentityLinkType;
import org.camunda.bpm.engine.task.Task;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.change.Plans;
import org.patchboard.identity.Directory;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.rollout.HostWorkByHand;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Scope;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One change and the people around it, some of whom have two roles or two logins. Everything in it can be done by anybody;
 * whether it may be is for the house to say. All choices come from the {@link Random} given, so that a sequence repeats.
 */
final class Town {

    /** What somebody did or tried: a sentence for the list, and whether the house let it happen. */
    record Deed(String sentence, boolean done) {}

    private static final Actor ADMINISTRATION = Actor.system("town");
    /** More at one moment are a circle: one was found so, of proposals that ended as they were made. */
    private static final int MOST_TIMERS = 200;

    private static final List<String> TEAMS = List.of(
            "vulnerability-analyst",
            "patch-coordinator",
            "asset-owner",
            "tester",
            "security-representative",
            "change-manager",
            "cab",
            "ecab",
            "on-call",
            "risk-owner",
            "verifier",
            "implementer",
            "incident-response");

    private final TestClock clock;
    private final TestPeople people;
    private final JdbcClient jdbc;
    private final TaskService tasks;
    private final FormService forms;
    private final ManagementService management;
    private final RuntimeService runtime;
    private final Directory directory;
    private final Approvals approvals;
    private final Freezes freezes;
    private final KillSwitch killSwitch;
    private final Plans plans;
    private final HostWorkByHand hosts;
    private final Scene scene;
    private final ProcessWalk walk;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;
    private final List<String> everybody = new ArrayList<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final List<Long> frozen = new ArrayList<>();
    private final boolean boardSleeps;
    private int hostNumber = 2;

    final ChangeId change;

    /**
     * @param danger 0 for an ordinary vulnerability, 1 for one that is exploited, 2 for one that is exploited in the open, 3
     *     for that while the board sleeps
     */
    Town(ApplicationContext context, int port, int danger) {
        clock = context.getBean(TestClock.class);
        people = context.getBean(TestPeople.class);
        jdbc = context.getBean(JdbcClient.class);
        tasks = context.getBean(TaskService.class);
        forms = context.getBean(FormService.class);
        management = context.getBean(ManagementService.class);
        runtime = context.getBean(RuntimeService.class);
        directory = context.getBean(Directory.class);
        approvals = context.getBean(Approvals.class);
        freezes = context.getBean(Freezes.class);
        killSwitch = context.getBean(KillSwitch.class);
        plans = context.getBean(Plans.class);
        hosts = new HostWorkByHand(context);
        address = "http://localhost:" + port;
        boardSleeps = danger > 2;
        settle();
        scene = new Scene(context).affected("web1", "web2").affectedLab("lab1").window();
        everybody.add(scene.owner);
        if (danger > 0) {
            scene.knownExploited();
        }
        if (danger > 1) {
            scene.finding(scene.host("door", "production", "public"), "high", Scene.FIXED);
        }
        change = context.getBean(ChangeProcesses.class)
                .open(
                        scene.advisory(),
                        scene.group,
                        "Update " + scene.software,
                        "a scanner found it",
                        Actor.person(member("vulnerability-analyst").get(0)));
        walk = new ProcessWalk(context, change);
        walk.jobs();
    }

    /** Enough people for every role, and those who make trouble: with two roles, or two logins. */
    private void settle() {
        for (var team : TEAMS) {
            everybody.add(people.someone(team));
        }
        everybody.addAll(List.of(
                people.someone("cab"),
                people.someone("cab"),
                people.someone("cab", "security-representative"),
                people.someone("ecab", "security-representative"),
                people.someone("ecab", "cab"),
                people.someone("patch-coordinator", "cab"),
                people.someone("vulnerability-analyst", "tester", "risk-owner"),
                people.someone("tester", "verifier", "change-manager"),
                people.someone("implementer", "cab"),
                people.someone("on-call", "verifier"),
                people.someone("on-call"),
                people.someone("auditor"),
                people.someone("camunda-admin"),
                people.someone()));
        var second = people.someone("cab", "tester");
        directory.sameHuman(second, member("patch-coordinator").get(0), ADMINISTRATION);
        everybody.add(second);
    }

    private List<String> member(String team) {
        return everybody.stream().filter(login -> isMember(login, team)).toList();
    }

    private boolean isMember(String login, String team) {
        return jdbc.sql("""
                        select exists (select from membership m join person p on p.id = m.person
                                        where p.login = ? and m.team = ? and m.valid_from <= ? and m.valid_to > ?)""")
                .params(login, team, now(), now())
                .query(Boolean.class)
                .single();
    }

    String state() {
        return scene.stateOf(change);
    }

    boolean isOver() {
        return walk.isOver();
    }

    /** What an attempt that was refused must not change. */
    String fingerprint() {
        return jdbc.sql("""
                        select concat_ws('|', (select concat(state, class, risk, priority, outcome) from change_record where id = :c),
                            (select count(*) from vote where change_id = :c), (select count(*) from ballot where change_id = :c),
                            (select string_agg(coalesce(outcome, 'open'), ' ' order by revision, round) from ballot where change_id = :c),
                            (select count(*) from plan_revision where change_id = :c),
                            (select count(*) from statement where change_id = :c),
                            (select count(*) from host_order where change_id = :c),
                            (select count(*) from release_token where change_id = :c),
                            (select count(*) from duty_held where change_id = :c),
                            (select count(*) from gate_answer where change_id = :c),
                            (select string_agg(state, ' ' order by revision, number) from ring where change_id = :c),
                            (select count(*) from exception_request where change_id = :c),
                            (select count(*) from risk_exception where change_id = :c),
                            (select count(*) from break_glass where change_id = :c),
                            (select count(*) from booking where change_id = :c),
                            (select count(*) from outbox where change_id = :c),
                            (select count(*) from membership), (select count(*) from substitution),
                            (select count(approved_at) from substitution),
                            (select count(*) from kill_switch), (select count(lifted_at) from kill_switch),
                            (select string_agg(id_ || act_id_, ' ' order by id_) from act_ru_execution
                              where proc_inst_id_ in (select id_ from act_ru_execution where business_key_ = :c)))""").param("c", change.value()).query(String.class).single();
    }

    // ------------------------------------------------------------------ deeds

    /** One of the change's open tasks, by somebody who is asked or by anybody, with answers that fit or not. */
    Deed work(Random dice, boolean byAnybody, boolean wrongly) {
        var open = tasks.createTaskQuery().processInstanceBusinessKey(change.value()).list().stream()
                .filter(task -> task.getAssignee() == null || everybody.contains(task.getAssignee()))
                .filter(task -> !boardSleeps || !task.getTaskDefinitionKey().equals(ChangeAuthorization.VOTE))
                .sorted((one, other) -> (one.getTaskDefinitionKey() + one.getAssignee())
                        .compareTo(other.getTaskDefinitionKey() + other.getAssignee()))
                .toList();
        if (open.isEmpty()) {
            return time(dice);
        }
        var task = pick(dice, open);
        var login = byAnybody ? pick(dice, everybody) : somebodyAsked(dice, task);
        var answers = Answers.to(task.getTaskDefinitionKey(), dice, digest(), clock.instant());
        if (wrongly) {
            Answers.spoil(answers, dice);
        }
        return tried(
                "%s does %s with %s".formatted(login, task.getTaskDefinitionKey(), new TreeMap<>(answers)),
                () -> people.as(login, () -> {
                    if (task.getTaskDefinitionKey().endsWith("BreakGlass") && dice.nextInt(4) > 0) {
                        givePasswordAgain(login);
                    }
                    if (task.getAssignee() == null) {
                        tasks.claim(task.getId(), login);
                    }
                    forms.submitTaskForm(task.getId(), answers);
                }));
    }

    /** The password itself would cost a second of hashing each time. */
    private void givePasswordAgain(String login) {
        jdbc.sql("""
                        insert into reauthentication (person, at) select id, ? from person where login = ?
                        on conflict (person) do update set at = excluded.at""").params(now(), login).update();
    }

    /** Somebody who has voted thinks again, or was never asked. */
    Deed voteAgain(Random dice) {
        var voted = jdbc.sql("select distinct login from vote where change_id = ? order by login")
                .param(change.value())
                .query(String.class)
                .list();
        var decision = pick(dice, List.of("approve", "approve-with-conditions", "reject", "abstain", "recuse"));
        return send(
                pick(dice, voted.isEmpty() ? everybody : voted),
                "POST",
                "/api/v1/changes/" + change + "/votes",
                "{\"decision\": \"%s\", \"comment\": \"on second thoughts\", \"digest\": \"%s\"}"
                        .formatted(decision, digest()));
    }

    private String somebodyAsked(Random dice, Task task) {
        if (task.getAssignee() != null) {
            return task.getAssignee();
        }
        var asked = tasks.getIdentityLinksForTask(task.getId()).stream()
                .filter(link -> link.getType().equals(IdentityLinkType.CANDIDATE))
                .flatMap(link -> link.getGroupId() == null
                        ? everybody.stream().filter(link.getUserId()::equals)
                        : member(link.getGroupId()).stream())
                .distinct()
                .sorted()
                .toList();
        return pick(dice, asked.isEmpty() ? everybody : asked);
    }

    /** Machines work: jobs that are due, hosts, both until nothing is left, or only a part. */
    Deed machines(Random dice) {
        var part = dice.nextInt(10);
        return tried("machines work" + (part == 0 ? ", hosts wait" : ""), () -> {
            if (part == 0) {
                walk.jobs();
            } else {
                walk.everything();
            }
        });
    }

    /** To the next moment for which something waits, or some minutes on; what is due then happens. */
    Deed time(Random dice) {
        var waiting = timers();
        var on = dice.nextInt(3) == 0 || waiting.isEmpty()
                ? clock.instant().plus(Duration.ofMinutes(1 + dice.nextInt(180)))
                : waiting.get(0).getDuedate().toInstant().plusSeconds(1);
        if (on.isAfter(clock.instant())) {
            clock.set(on);
        }
        return tried("it is " + clock.instant(), () -> {
            var fired = 0;
            for (var due = due(); !due.isEmpty(); due = due()) {
                if (fired++ > MOST_TIMERS) {
                    throw new IllegalStateException("timers at one moment that never end: " + due.get(0));
                }
                management.executeJob(due.get(0).getId());
                walk.jobs();
            }
            if (dice.nextInt(6) > 0) {
                walk.everything();
            }
        });
    }

    private List<Job> due() {
        return timers().stream()
                .filter(job -> !job.getDuedate().toInstant().isAfter(clock.instant()))
                .toList();
    }

    private List<Job> timers() {
        return runtime.createProcessInstanceQuery().processInstanceBusinessKey(change.value()).list().stream()
                .flatMap(instance ->
                        management
                                .createJobQuery()
                                .processInstanceId(instance.getId())
                                .timers()
                                .active()
                                .list()
                                .stream())
                .sorted((one, other) -> one.getDuedate().compareTo(other.getDuedate()))
                .toList();
    }

    /** Somebody sends something to our API or to the engine's. */
    Deed call(Random dice) {
        var login = pick(dice, everybody);
        var other = pick(dice, everybody);
        var why = "{\"reason\": \"as I like it\"}";
        var own = "/api/v1/changes/" + change;
        var task = tasks.createTaskQuery().processInstanceBusinessKey(change.value()).list().stream()
                .findFirst()
                .map(Task::getId)
                .orElse("none");
        var instance = runtime.createProcessInstanceQuery().processInstanceBusinessKey(change.value()).list().stream()
                .findFirst()
                .map(found -> found.getId())
                .orElse("none");
        var vote = "{\"decision\": \"%s\", \"comment\": \"%s\", \"digest\": \"%s\"}"
                .formatted(
                        pick(dice, List.of("approve", "reject", "abstain", "maybe")),
                        pick(dice, List.of("", "I think so")),
                        dice.nextInt(4) == 0 ? "0".repeat(64) : digest());
        var until = clock.instant().plus(Duration.ofDays(dice.nextInt(200))).toString();
        return switch (dice.nextInt(22)) {
            case 0 -> send(login, "POST", own + "/halt", why);
            case 1 -> send(pick(dice, member("on-call")), "POST", own + "/halt", why);
            case 2 -> send(login, "POST", own + "/resume", why);
            case 3 -> send(login, "POST", own + "/roll-back", why);
            case 4 -> send(pick(dice, member("cab")), "POST", own + "/votes", vote);
            case 5 -> send(login, "POST", own + "/votes", vote);
            case 6 -> send(login, "POST", own + "/break-glass", "{\"reason\": \"worm\", \"incident\": \"INC-9\"}");
            case 7 ->
                send(login, "POST", "/api/v1/exceptions", """
                    {"change": "%s", "kind": "%s", "reason": "no spare", "until": "%s", "control": "cut off"}""".formatted(
                                change, pick(dice, List.of("deferral", "risk-acceptance", "mitigation")), until));
            case 8 -> send(login, "PUT", "/api/v1/people/" + other + "/memberships/" + pick(dice, TEAMS), "{}");
            case 9 ->
                send(login, "POST", "/api/v1/people/" + other + "/substitutions", """
                    {"substitute": "%s", "from": "%s", "to": "%s"}""".formatted(
                        pick(dice, everybody), clock.instant(), clock.instant().plus(Duration.ofDays(9))));
            case 10 -> send(login, "POST", "/api/v1/licences", """
                    {"change": "%s", "uses": 3, "until": "%s"}""".formatted(change, until));
            case 11 -> send(login, "POST", "/engine-rest/task/" + task + "/complete", "{\"variables\": {}}");
            case 12 ->
                send(login, "POST", "/engine-rest/task/" + task + "/assignee", "{\"userId\": \"%s\"}".formatted(login));
            case 13 ->
                send(
                        login,
                        "PUT",
                        "/engine-rest/process-instance/" + instance + "/variables/authorization",
                        "{\"value\": \"approved\", \"type\": \"String\"}");
            case 14 ->
                send(
                        login,
                        "POST",
                        "/engine-rest/process-instance/" + instance + "/modification",
                        "{\"instructions\": [{\"type\": \"startBeforeActivity\", \"activityId\": \"CallActivity_RingDeployment\"}]}");
            case 15 ->
                send(
                        login,
                        "POST",
                        "/engine-rest/message",
                        "{\"messageName\": \"patchboard.voteDecided\", \"businessKey\": \"%s\"}".formatted(change));
            case 16 ->
                send(login, "POST", "/engine-rest/task/" + task + "/claim", "{\"userId\": \"%s\"}".formatted(other));
            case 17 -> send(login, "DELETE", "/engine-rest/process-instance/" + instance, "");
            case 18 ->
                send(
                        login,
                        "POST",
                        "/engine-rest/process-definition/key/ring-deployment/start",
                        "{\"businessKey\": \"%s\", \"variables\": {\"ring\": {\"value\": 1, \"type\": \"Integer\"}}}"
                                .formatted(change));
            case 19 -> send(login, "POST", "/api/v1/kill-switch", why);
            case 20 -> send(login, "POST", "/api/v1/kill-switch/lift", why);
            default ->
                dice.nextInt(8) == 0
                        ? send(login, "POST", own + "/withdraw", why)
                        : send(login, "POST", own + "/conditions/1/met", "{\"how\": \"somehow\"}");
        };
    }

    /** Somebody pulls the switch or another lets go; so that it is not for ever, letting go is likelier. */
    Deed killSwitch(Random dice) {
        if (killSwitch.inForce().isPresent()) {
            return send(
                    pick(dice, member("change-manager")), "POST", "/api/v1/kill-switch/lift", "{\"reason\": \"over\"}");
        }
        return send(pick(dice, member("on-call")), "POST", "/api/v1/kill-switch", "{\"reason\": \"smoke\"}");
    }

    /** A freeze for the group begins now, or the last one is lifted. */
    Deed freeze(Random dice) {
        if (!frozen.isEmpty()) {
            var last = frozen.remove(frozen.size() - 1);
            return tried("the freeze is lifted", () -> freezes.remove(last, ADMINISTRATION));
        }
        var from = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC).withNano(0);
        return tried(
                "a freeze begins",
                () -> frozen.add(freezes.add(
                                new EntryDraft(
                                        "Freeze",
                                        "UTC",
                                        from,
                                        Duration.ofHours(1 + dice.nextInt(5)),
                                        null,
                                        List.of(),
                                        Scope.maintenanceGroup(scene.group),
                                        List.of()),
                                ADMINISTRATION)
                        .id()));
    }

    /** The administration gives or takes a role, or records and approves a substitution. */
    Deed roles(Random dice) {
        var login = pick(dice, everybody);
        var team = pick(dice, TEAMS);
        return switch (dice.nextInt(3)) {
            case 0 ->
                tried(
                        "%s gets %s".formatted(login, team),
                        () -> directory.grant(login, team, null, null, ADMINISTRATION));
            case 1 ->
                member(team).size() < 2
                        ? tried("nothing", () -> {})
                        : tried(
                                "%s loses %s".formatted(member(team).get(0), team),
                                () -> directory.revoke(member(team).get(0), team, ADMINISTRATION));
            default -> {
                var absent = pick(dice, everybody);
                yield tried(
                        "%s stands in for %s".formatted(login, absent),
                        () -> directory.substitute(
                                absent,
                                login,
                                clock.instant(),
                                clock.instant().plus(Duration.ofDays(3)),
                                ADMINISTRATION));
            }
        };
    }

    /** The world moves on: another host comes up, or a newer build is needed; then somebody looks. */
    Deed drift(Random dice) {
        var what = dice.nextInt(2) == 0 ? "another host is found" : "only a look";
        return tried("drift: " + what, () -> {
            if (what.startsWith("another")) {
                scene.affected("web" + ++hostNumber);
            }
            approvals.checkDrift(change);
        });
    }

    void tidy() {
        killSwitch.inForce().ifPresent(stop -> killSwitch.lift("the run is over", ADMINISTRATION));
        frozen.forEach(freeze -> freezes.remove(freeze, ADMINISTRATION));
    }

    // ------------------------------------------------------------------ how

    private Deed tried(String sentence, Runnable deed) {
        try {
            deed.run();
            return new Deed(sentence, true);
        } catch (RuntimeException e) {
            if (Told.isRefusal(e)) {
                return new Deed(sentence + " -> " + e.getMessage(), false);
            }
            throw new Unexpected(sentence, e);
        }
    }

    private Deed send(String login, String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(address + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + tokens.computeIfAbsent(login, people::token))
                .header("Content-Type", "application/json")
                .build();
        var sentence = "%s sends %s %s %s".formatted(login, method, path, body);
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 500 || answer.statusCode() == 401) {
                throw new Unexpected(sentence, new IllegalStateException(answer.statusCode() + " " + answer.body()));
            }
            return new Deed(sentence + " -> " + answer.statusCode() + " " + answer.body(), answer.statusCode() < 300);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String digest() {
        return plans.current(change).map(plan -> plan.digest()).orElse("");
    }

    private java.time.OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static <T> T pick(Random dice, List<T> things) {
        return things.get(dice.nextInt(things.size()));
    }

    /** Neither done nor refused. */
    static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unexpected(String sentence, Throwable cause) {
            super(sentence + " failed: " + cause, cause);
        }
    }
}
