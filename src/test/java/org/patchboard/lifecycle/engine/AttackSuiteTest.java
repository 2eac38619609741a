package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.WebSession;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Everybody tries everything, by every way in, on a change that the board is voting on: requester, board member,
 * operator, auditor and administrator, by the engine's REST with a token, by the web applications with a session, by our
 * API. Each attempt is refused with 4xx and a sentence, changes nothing and is recorded once with the name of whoever
 * tried. The numbers are those of the list of hazards: 3.1 reach and identity, 3.2 injection, 3.3 going around the
 * process, 3.4 the record, 4 separation of duties.
 *
 * <p>Which other test fails when a control is taken out: {@code GuardTest} (the list of commands, answers, releases,
 * retries), {@code ModelsTest} (expressions, deployments), {@code SafeByDefaultTest} (queries, filters, set-up),
 * {@code ChangeAuthorizationTest} (votes and duties), {@code ReleaseGateTest} (the gate), {@code SealTest} (the record).
 */
@PatchboardTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttackSuiteTest {

    private static final Instant NOW = Instant.parse("2027-03-01T08:00:00Z");
    private static final String JSON = "application/json";
    private static final String MULTIPART = "multipart/form-data; boundary=xyz";
    private static final String CODE = "${''.getClass().forName('java.lang.Runtime')}";

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TaskService tasks;

    /**
     * One thing that somebody tries.
     *
     * @param path below the engine's root, or below {@code /api/v1}; names in braces are those of the scene
     * @param allowed roles that may, so that it is no attack of theirs
     */
    record Attack(String id, String method, String path, String body, String type, List<String> allowed) {

        Attack but(String... roles) {
            return new Attack(id, method, path, body, type, List.of(roles));
        }

        Attack sentAs(String kind) {
            return new Attack(id, method, path, body, kind, allowed);
        }

        @Override
        public String toString() {
            return id + ": " + method + " " + path;
        }
    }

    private final Map<String, String> logins = new LinkedHashMap<>();
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final Map<String, WebSession> sessions = new LinkedHashMap<>();
    private final Map<String, String> scene = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Instant moment = NOW;

    @BeforeAll
    void letTheBoardVote() {
        clock.set(NOW);
        var governed = new Governed(context);
        var voter = people.someone("cab");
        logins.put("requester", people.someoneWithPassword("patch-coordinator", "asset-owner"));
        logins.put("board member", people.someoneWithPassword("cab"));
        logins.put("operator", people.someoneWithPassword("on-call", "implementer"));
        logins.put("auditor", people.someoneWithPassword("auditor"));
        logins.put("administrator", people.someoneWithPassword("camunda-admin"));
        governed.classified("testing", "normal", "high");
        jdbc.sql("update change_record set requester = ? where id = ?")
                .params(logins.get("requester"), governed.change.value())
                .update();
        var colleague = people.someone("cab", "security-representative");
        people.someone("change-manager");
        var instance = runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, governed.change.value());
        new ProcessWalk(context, governed.change).jobs();
        scene.put("change", governed.change.value());
        scene.put("group", governed.group());
        scene.put("voter", voter);
        scene.put("instance", instance.getId());
        scene.put("definition", instance.getProcessDefinitionId());
        scene.put("task", vote(instance.getId(), voter));
        scene.put("colleague", vote(instance.getId(), colleague));
        tokens.put("colleague", people.token(colleague));
        scene.put("own", vote(instance.getId(), logins.get("board member")));
        scene.put("job", one("select id_ from act_ru_job where process_instance_id_ = ? limit 1", instance.getId()));
        scene.put(
                "jobDefinition",
                one("select job_def_id_ from act_ru_job where process_instance_id_ = ? limit 1", instance.getId()));
        scene.put(
                "deployment",
                one("select deployment_id_ from act_re_procdef where id_ = ?", instance.getProcessDefinitionId()));
        scene.put(
                "filter",
                jdbc.sql("select id_ from act_ru_filter where name_ = 'My tasks' limit 1")
                        .query(String.class)
                        .single());
        scene.put(
                "authorization",
                jdbc.sql("select id_ from act_ru_authorization limit 1")
                        .query(String.class)
                        .single());
        scene.put(
                "decision",
                jdbc.sql("select id_ from act_re_decision_def limit 1")
                        .query(String.class)
                        .single());
        scene.put(
                "digest",
                one(
                        "select digest from plan_revision where change_id = ? order by revision desc limit 1",
                        governed.change.value()));
        scene.put("licence", proposedLicence(governed));
        scene.put("request", exceptionAskedFor(governed, voter));
        scene.put("substitution", substitutionAskedFor(voter));
        logins.forEach((role, login) -> {
            tokens.put(role, people.token(login));
            var looksOnly = role.equals("auditor") || role.equals("administrator");
            sessions.put(role, WebSession.of(address(), login, looksOnly ? "cockpit" : "tasklist"));
        });
    }

    private String proposedLicence(Governed governed) {
        return jdbc.sql("""
                        insert into licence (maintenance_group, advisory, model_change, uses, until_at, state, proposed_by,
                                             proposed_at)
                        select maintenance_group, 'deb/attacked', id, 3, '2027-12-01Z', 'proposed', 'carl', '2027-03-01Z'
                          from change_record where id = ? returning id""").param(governed.change.value()).query(String.class).single();
    }

    private String exceptionAskedFor(Governed governed, String by) {
        return jdbc.sql("""
                        insert into exception_request (change_id, assets, reason, control, requested_by, requested_at)
                        values (?, '{}', 'attacked', '', ?, '2027-03-01Z') returning id""")
                .params(governed.change.value(), by)
                .query(String.class)
                .single();
    }

    private String substitutionAskedFor(String absent) {
        return jdbc.sql("""
                        insert into substitution (absent, substitute, valid_from, valid_to, recorded_by)
                        select a.id, s.id, '2027-03-01Z', '2027-12-01Z', a.login from person a, person s
                         where a.login = ? and s.login = ? returning id""")
                .params(absent, logins.get("requester"))
                .query(String.class)
                .single();
    }

    /** Attempts are recorded one by one up to so many a minute; the suite stays below it. */
    @BeforeEach
    void setTheClock() {
        clock.set(moment);
    }

    private String vote(String instance, String login) {
        return tasks.createTaskQuery()
                .processInstanceId(instance)
                .taskDefinitionKey(ChangeAuthorization.VOTE)
                .taskAssignee(login)
                .singleResult()
                .getId();
    }

    private String one(String sql, String parameter) {
        return jdbc.sql(sql).param(parameter).query(String.class).single();
    }

    private String address() {
        return "http://localhost:" + port;
    }

    private static Attack attack(String id, String method, String path, String body) {
        return new Attack(id, method, path, body, JSON, List.of());
    }

    private static Attack upload(String id, String path, String name, String content) {
        var body = """
                --xyz\r
                Content-Disposition: form-data; name="%s"; filename="x.bpmn"\r
                \r
                %s\r
                --xyz--\r
                """.formatted(name, content);
        return new Attack(id, "POST", path, body, MULTIPART, List.of());
    }

    static Stream<Attack> engine() {
        var to = "{\"type\":\"startBeforeActivity\",\"activityId\":\"ServiceTask_CountVotes\"}";
        var variable = "{\"value\":\"LOW\",\"type\":\"String\"}";
        return Stream.of(
                // 3.1 reach and identity
                attack(
                        "3.1 user",
                        "POST",
                        "/user/create",
                        "{\"profile\":{\"id\":\"mallory\"},\"credentials\":{\"password\":\"Long-Enough-1234\"}}"),
                attack("3.1 profile", "PUT", "/user/{voter}/profile", "{\"id\":\"{voter}\",\"firstName\":\"x\"}"),
                attack(
                        "3.1 password",
                        "PUT",
                        "/user/{voter}/credentials",
                        "{\"password\":\"Long-Enough-1234\",\"authenticatedUserPassword\":\"x\"}"),
                attack("3.1 delete user", "DELETE", "/user/{voter}", ""),
                attack("3.1 unlock", "POST", "/user/{voter}/unlock", ""),
                attack("3.1 group", "POST", "/group/create", "{\"id\":\"mallory\",\"name\":\"m\",\"type\":\"x\"}"),
                attack("3.1 member", "PUT", "/group/cab/members/mallory", ""),
                attack("3.1 tenant", "POST", "/tenant/create", "{\"id\":\"mallory\",\"name\":\"m\"}"),
                attack(
                        "3.1 grant",
                        "POST",
                        "/authorization/create",
                        "{\"type\":1,\"permissions\":[\"ALL\"],\"userId\":\"mallory\",\"resourceType\":6,\"resourceId\":\"*\"}"),
                attack(
                        "3.1 change a grant",
                        "PUT",
                        "/authorization/{authorization}",
                        "{\"permissions\":[\"ALL\"],\"groupId\":\"cab\",\"resourceType\":6,\"resourceId\":\"*\"}"),
                attack("3.1 delete a grant", "DELETE", "/authorization/{authorization}", ""),
                // 3.2 injection
                attack("3.2 expression", "POST", "/task", "{\"assigneeExpression\":\"" + CODE + "\"}"),
                attack("3.2 orQueries", "POST", "/task", "{\"orQueries\":[{\"assigneeExpression\":\"" + CODE + "\"}]}"),
                attack(
                        "3.2 orQueries in a count",
                        "POST",
                        "/task/count",
                        "{\"orQueries\":[{\"candidateGroupExpression\":\"" + CODE + "\"}]}"),
                attack(
                        "3.2 dates in orQueries",
                        "POST",
                        "/task",
                        "{\"orQueries\":[{\"dueBeforeExpression\":\"" + CODE + "\"}]}"),
                attack(
                        "3.2 a filter extended",
                        "POST",
                        "/filter/{filter}/list",
                        "{\"orQueries\":[{\"assigneeExpression\":\"" + CODE + "\"}]}"),
                attack(
                        "3.2 a filter counted",
                        "POST",
                        "/filter/{filter}/count",
                        "{\"assigneeExpression\":\"" + CODE + "\"}"),
                attack(
                        "3.2 stored filter",
                        "POST",
                        "/filter/create",
                        "{\"resourceType\":\"Task\",\"name\":\"x\",\"query\":{\"assigneeExpression\":\"" + CODE
                                + "\"},\"properties\":{}}"),
                attack(
                        "3.2 plain filter",
                        "POST",
                        "/filter/create",
                        "{\"resourceType\":\"Task\",\"name\":\"x\",\"query\":{},\"properties\":{}}"),
                attack(
                        "3.2 change a filter",
                        "PUT",
                        "/filter/{filter}",
                        "{\"resourceType\":\"Task\",\"name\":\"x\",\"query\":{\"assigneeExpression\":\"" + CODE
                                + "\"},\"properties\":{}}"),
                attack("3.2 delete a filter", "DELETE", "/filter/{filter}", ""),
                upload(
                        "3.2 deployment",
                        "/deployment/create",
                        "x.bpmn",
                        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"x\"><process id=\"x\" isExecutable=\"true\" xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" camunda:historyTimeToLive=\"1\"><startEvent id=\"s\"/></process></definitions>"),
                upload(
                        "4.9 deployment of a table",
                        "/deployment/create",
                        "x.dmn",
                        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" name=\"d\" namespace=\"x\"><decision id=\"priority\" name=\"Priority\"/></definitions>"),
                attack(
                        "4.9 keep a table's history shorter",
                        "PUT",
                        "/decision-definition/{decision}/history-time-to-live",
                        "{\"historyTimeToLive\":1}"),
                attack("3.2 redeployment", "POST", "/deployment/{deployment}/redeploy", "{}"),
                attack("3.2 delete a deployment", "DELETE", "/deployment/{deployment}?cascade=true", ""),
                attack(
                        "3.2 object",
                        "PUT",
                        "/process-instance/{instance}/variables/x",
                        "{\"value\":\"rO0AB\",\"type\":\"Object\",\"valueInfo\":{\"objectTypeName\":\"java.util.HashMap\",\"serializationDataFormat\":\"application/x-java-serialized-object\"}}"),
                attack(
                        "3.2 evaluate a decision",
                        "POST",
                        "/decision-definition/{decision}/evaluate",
                        "{\"variables\":{}}"),
                // 3.3 around the process
                attack(
                        "3.3 start",
                        "POST",
                        "/process-definition/key/patch-change/start",
                        "{\"businessKey\":\"{change}\"}"),
                attack(
                        "3.3 start approved",
                        "POST",
                        "/process-definition/key/change-authorization/start",
                        "{\"businessKey\":\"{change}\",\"variables\":{\"authorization\":{\"value\":\"approved\"}}}"),
                attack(
                        "3.3 startInstructions",
                        "POST",
                        "/process-definition/key/change-authorization/start",
                        "{\"businessKey\":\"{change}\",\"startInstructions\":[" + to + "]}"),
                attack(
                        "3.3 submit a start form",
                        "POST",
                        "/process-definition/key/patch-change/submit-form",
                        "{\"businessKey\":\"{change}\",\"variables\":{}}"),
                attack(
                        "3.3 modification",
                        "POST",
                        "/process-instance/{instance}/modification",
                        "{\"instructions\":[" + to + "]}"),
                attack(
                        "3.3 modification later",
                        "POST",
                        "/process-instance/{instance}/modification-async",
                        "{\"instructions\":[" + to + "]}"),
                attack(
                        "3.3 modification of many",
                        "POST",
                        "/modification/execute",
                        "{\"processDefinitionId\":\"{definition}\",\"instructions\":[" + to
                                + "],\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 modification of many later",
                        "POST",
                        "/modification/executeAsync",
                        "{\"processDefinitionId\":\"{definition}\",\"instructions\":[" + to
                                + "],\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 restart",
                        "POST",
                        "/process-definition/{definition}/restart",
                        "{\"instructions\":[" + to + "],\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 restart later",
                        "POST",
                        "/process-definition/{definition}/restart-async",
                        "{\"instructions\":[" + to + "],\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 migration",
                        "POST",
                        "/migration/execute",
                        "{\"migrationPlan\":{\"sourceProcessDefinitionId\":\"{definition}\",\"targetProcessDefinitionId\":\"{definition}\",\"instructions\":[]},\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 migration later",
                        "POST",
                        "/migration/executeAsync",
                        "{\"migrationPlan\":{\"sourceProcessDefinitionId\":\"{definition}\",\"targetProcessDefinitionId\":\"{definition}\",\"instructions\":[]},\"processInstanceIds\":[\"{instance}\"]}"),
                attack("3.3 set a variable", "PUT", "/process-instance/{instance}/variables/risk", variable),
                attack(
                        "3.3 set variables",
                        "POST",
                        "/process-instance/{instance}/variables",
                        "{\"modifications\":{\"authorization\":" + variable + "}}"),
                attack(
                        "3.3 set variables later",
                        "POST",
                        "/process-instance/variables-async",
                        "{\"processInstanceIds\":[\"{instance}\"],\"variables\":{\"authorization\":" + variable + "}}"),
                attack("3.3 delete a variable", "DELETE", "/process-instance/{instance}/variables/authority", ""),
                attack(
                        "3.3 set on the execution",
                        "PUT",
                        "/execution/{instance}/localVariables/authorization",
                        variable),
                attack("3.3 set on the task", "PUT", "/task/{task}/variables/authorization", variable),
                attack("3.3 set in the task", "PUT", "/task/{task}/localVariables/decision", variable),
                attack(
                        "3.3 set many in the task",
                        "POST",
                        "/task/{task}/localVariables",
                        "{\"modifications\":{\"decision\":" + variable + "}}"),
                attack(
                        "3.3 complete another's",
                        "POST",
                        "/task/{task}/complete",
                        "{\"variables\":{\"decision\":{\"value\":\"approve\"}}}"),
                attack(
                        "3.3 submit another's",
                        "POST",
                        "/task/{task}/submit-form",
                        "{\"variables\":{\"decision\":{\"value\":\"approve\"}}}"),
                attack("3.3 claim for another", "POST", "/task/{task}/claim", "{\"userId\":\"mallory\"}"),
                attack("3.3 claim another's", "POST", "/task/{task}/claim", "{\"userId\":\"{me}\"}"),
                attack("3.3 give another's back", "POST", "/task/{task}/unclaim", ""),
                attack("3.3 assign", "POST", "/task/{task}/assignee", "{\"userId\":\"{me}\"}"),
                attack("3.3 delegate", "POST", "/task/{task}/delegate", "{\"userId\":\"{me}\"}"),
                attack("3.3 resolve", "POST", "/task/{task}/resolve", "{\"variables\":{}}"),
                attack("3.3 owner", "PUT", "/task/{task}", "{\"name\":\"x\",\"owner\":\"{me}\",\"assignee\":\"{me}\"}"),
                attack(
                        "3.3 candidate",
                        "POST",
                        "/task/{task}/identity-links",
                        "{\"userId\":\"{me}\",\"type\":\"candidate\"}"),
                attack(
                        "3.3 remove a candidate",
                        "POST",
                        "/task/{task}/identity-links/delete",
                        "{\"userId\":\"{voter}\",\"type\":\"assignee\"}"),
                attack("3.3 error", "POST", "/task/{task}/bpmnError", "{\"errorCode\":\"UNKNOWN\"}"),
                attack("3.3 escalation", "POST", "/task/{task}/bpmnEscalation", "{\"escalationCode\":\"UNKNOWN\"}"),
                attack(
                        "3.3 message",
                        "POST",
                        "/message",
                        "{\"messageName\":\"patchboard.votesComplete\",\"businessKey\":\"{change}\",\"processVariables\":{\"authorization\":"
                                + variable + "}}"),
                attack(
                        "3.3 signal",
                        "POST",
                        "/signal",
                        "{\"name\":\"x\",\"variables\":{\"authorization\":" + variable + "}}"),
                attack("3.3 signal an execution", "POST", "/execution/{instance}/signal", "{\"variables\":{}}"),
                attack(
                        "3.3 trigger a subscription",
                        "POST",
                        "/execution/{instance}/messageSubscriptions/x/trigger",
                        "{\"variables\":{}}"),
                attack("3.3 condition", "POST", "/condition", "{\"variables\":{\"authorization\":" + variable + "}}"),
                attack("3.3 execute a job", "POST", "/job/{job}/execute", ""),
                attack(
                        "3.3 date of a job",
                        "PUT",
                        "/job/{job}/duedate",
                        "{\"duedate\":\"2020-01-01T00:00:00.000+0000\"}"),
                attack("3.3 date of a job anew", "POST", "/job/{job}/duedate/recalculate", ""),
                attack("3.3 delete a job", "DELETE", "/job/{job}", ""),
                attack("3.3 suspend a job", "PUT", "/job/{job}/suspended", "{\"suspended\":true}"),
                attack("3.3 priority of a job", "PUT", "/job/{job}/priority", "{\"priority\":1}"),
                attack("3.3 retries of a waiting job", "PUT", "/job/{job}/retries", "{\"retries\":3}"),
                attack("3.3 no retries", "PUT", "/job/{job}/retries", "{\"retries\":0}"),
                attack(
                        "3.3 retries with a date",
                        "PUT",
                        "/job/{job}/retries",
                        "{\"retries\":1,\"dueDate\":\"2020-01-01T00:00:00.000+0000\"}"),
                attack("3.3 retries of many", "POST", "/job/retries", "{\"retries\":3,\"jobIds\":[\"{job}\"]}"),
                attack(
                        "3.3 suspend jobs",
                        "PUT",
                        "/job-definition/{jobDefinition}/suspended",
                        "{\"suspended\":true,\"includeJobs\":true}"),
                attack("3.3 suspend", "PUT", "/process-instance/{instance}/suspended", "{\"suspended\":true}"),
                attack(
                        "3.3 suspend many",
                        "PUT",
                        "/process-instance/suspended",
                        "{\"suspended\":true,\"processInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.3 suspend a process",
                        "PUT",
                        "/process-definition/{definition}/suspended",
                        "{\"suspended\":true,\"includeProcessInstances\":true}"),
                attack("3.3 cancel", "DELETE", "/process-instance/{instance}?skipCustomListeners=true", ""),
                attack(
                        "3.3 cancel many",
                        "POST",
                        "/process-instance/delete",
                        "{\"processInstanceIds\":[\"{instance}\"],\"deleteReason\":\"x\"}"),
                attack("3.3 delete a process", "DELETE", "/process-definition/{definition}?cascade=true", ""),
                attack(
                        "3.3 fetch external tasks",
                        "POST",
                        "/external-task/fetchAndLock",
                        "{\"workerId\":\"x\",\"maxTasks\":1,\"topics\":[{\"topicName\":\"x\",\"lockDuration\":1000}]}"),
                attack("3.3 complete an external task", "POST", "/external-task/x/complete", "{\"workerId\":\"x\"}"),
                attack("3.3 task of one's own", "POST", "/task/create", "{\"name\":\"mine\"}"),
                attack("3.3 case", "POST", "/case-definition/key/x/create", "{}"),
                upload("3.3 attachment", "/task/{task}/attachment/create", "content", "x"),
                attack(
                        "3.3 comment in another's name",
                        "POST",
                        "/task/{task}/comment/create",
                        "{\"message\":\"approved by all\"}"),
                // 3.4 the record
                attack("3.4 delete history", "DELETE", "/history/process-instance/{instance}", ""),
                attack(
                        "3.4 delete much history",
                        "POST",
                        "/history/process-instance/delete",
                        "{\"historicProcessInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.4 delete history of variables",
                        "DELETE",
                        "/history/process-instance/{instance}/variable-instances",
                        ""),
                attack(
                        "3.4 removal time",
                        "POST",
                        "/history/process-instance/set-removal-time",
                        "{\"absoluteRemovalTime\":\"2020-01-01T00:00:00.000+0000\",\"historicProcessInstanceIds\":[\"{instance}\"]}"),
                attack(
                        "3.4 removal time of decisions",
                        "POST",
                        "/history/decision-instance/set-removal-time",
                        "{\"clearedRemovalTime\":true,\"historicDecisionInstanceIds\":[\"x\"]}"),
                attack("3.4 clean up", "POST", "/history/cleanup", ""),
                attack(
                        "3.4 time to live",
                        "PUT",
                        "/process-definition/{definition}/history-time-to-live",
                        "{\"historyTimeToLive\":0}"),
                attack(
                        "3.4 time to live of a decision",
                        "PUT",
                        "/decision-definition/{decision}/history-time-to-live",
                        "{\"historyTimeToLive\":0}"),
                attack(
                        "3.4 delete decisions",
                        "POST",
                        "/history/decision-instance/delete",
                        "{\"historicDecisionInstanceIds\":[\"x\"]}"));
    }

    static Stream<Attack> ownTask() {
        return Stream.of(
                attack(
                        "3.3 extra variable on complete",
                        "POST",
                        "/task/{own}/complete",
                        "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"riskLevel\":{\"value\":\"LOW\"}}}"),
                attack(
                        "3.3 extra variable in a form",
                        "POST",
                        "/task/{own}/submit-form",
                        "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"authorization\":{\"value\":\"approved\"}}}"),
                attack(
                        "3.3 a number for a choice",
                        "POST",
                        "/task/{own}/submit-form",
                        "{\"variables\":{\"decision\":{\"value\":1,\"type\":\"Integer\"}}}"),
                attack(
                        "3.3 an object for a choice",
                        "POST",
                        "/task/{own}/submit-form",
                        "{\"variables\":{\"decision\":{\"value\":\"{}\",\"type\":\"Json\"}}}"),
                attack(
                        "3.3 bytes for a text",
                        "POST",
                        "/task/{own}/complete",
                        "{\"variables\":{\"comment\":{\"value\":\"AAAA\",\"type\":\"Bytes\"}}}"),
                attack(
                        "4.1 a digest that was not shown",
                        "POST",
                        "/task/{own}/submit-form",
                        "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"shownDigest\":{\"value\":\"0000\"}}}"));
    }

    static Stream<Attack> api() {
        var why = "{\"reason\":\"because\"}";
        var window =
                "{\"name\":\"x\",\"zone\":\"UTC\",\"start\":\"2027-03-01T08:00\",\"duration\":\"PT4H\",\"scope\":{\"all\":true}}";
        return Stream.of(
                attack("4 halt", "POST", "/changes/{change}/halt", why).but("operator"),
                attack("4 resume", "POST", "/changes/{change}/resume", why).but("operator"),
                attack("4 roll back", "POST", "/changes/{change}/roll-back", why)
                        .but("operator"),
                attack("4 withdraw", "POST", "/changes/{change}/withdraw", why).but("requester"),
                attack(
                                "4 ask for a change",
                                "POST",
                                "/changes",
                                "{\"advisory\":\"deb/x\",\"maintenanceGroup\":\"{group}\",\"title\":\"t\",\"reason\":\"r\"}")
                        .but("requester"),
                attack("4.1 vote for oneself into the board", "PUT", "/people/{me}/memberships/cab", "{}"),
                attack("4.1 become administrator", "PUT", "/people/{me}/memberships/camunda-admin", "{}"),
                attack("4.1 put another on the board", "PUT", "/people/{voter}/memberships/ecab", "{}")
                        .but("administrator"),
                attack("4.1 take another off the board", "DELETE", "/people/{voter}/memberships/cab", "")
                        .but("administrator"),
                attack(
                        "4.6 stand in by one's own word",
                        "POST",
                        "/people/{voter}/substitutions",
                        "{\"substitute\":\"{me}\",\"from\":\"2027-01-01T00:00:00Z\",\"to\":\"2028-01-01T00:00:00Z\"}"),
                attack(
                                "4.5 add a person",
                                "POST",
                                "/people",
                                "{\"login\":\"mallory\",\"name\":\"m\",\"mail\":\"m@example.test\"}")
                        .but("administrator"),
                attack("4.5 shut a person out", "PUT", "/people/{voter}/enabled", "{\"enabled\":false}")
                        .but("administrator"),
                attack("4.5 read who is who", "GET", "/people", "").but("administrator", "auditor"),
                attack("4.5 open a window", "POST", "/windows", window).but("administrator"),
                attack("4.5 freeze", "POST", "/freezes", window).but("administrator"),
                attack("4.5 thaw", "DELETE", "/freezes/1", "").but("administrator"),
                attack(
                                "4.5 keep a group",
                                "PUT",
                                "/maintenance-groups/{group}",
                                "{\"name\":\"x\",\"owner\":\"{me}\",\"zone\":\"UTC\",\"deployer\":\"simulator\",\"verifier\":\"simulator\"}")
                        .but("administrator"),
                attack("4.5 remove a group", "DELETE", "/maintenance-groups/{group}", "")
                        .but("administrator"),
                attack("4.5 bring an inventory", "POST", "/inventory/imports?source=csv", "name\nx")
                        .but("requester", "administrator"),
                attack("4.5 bring a scan", "POST", "/scans/imports?source=trivy&asset=x", "{}")
                        .but("requester", "administrator"),
                attack("4.5 bring a feed", "POST", "/feeds/kev/imports", "{}").but("requester", "administrator"),
                attack("4.1 vote without being asked", "POST", "/changes/{change}/votes", """
                        {"decision": "approve", "digest": "{digest}", "comment": ""}""")
                        .but("board member"),
                attack("4.1 confirm a condition", "POST", "/changes/{change}/conditions/1/met", "{\"how\":\"done\"}")
                        .but("requester", "operator"),
                attack("4.1 be two people", "PUT", "/people/{me}/same-as/{voter}", "")
                        .but("administrator"),
                attack(
                                "4.6 approve a substitution",
                                "POST",
                                "/people/{voter}/substitutions/{substitution}/approval",
                                "")
                        .but("administrator"),
                attack("4.3 break the glass", "POST", "/changes/{change}/break-glass", """
                        {"reason": "worm", "incident": "INC-1"}""")
                        .but("operator"),
                attack("4.3 break the glass with a guessed password", "POST", "/changes/{change}/break-glass", """
                        {"reason": "worm", "incident": "INC-1", "password": "guessed"}"""),
                attack("4.3 guess a password", "POST", "/people/me/reauthentication", "{\"password\":\"guessed\"}"),
                attack("4.3 stop everything", "POST", "/kill-switch", why).but("operator"),
                attack("4.3 let everything go on", "POST", "/kill-switch/lift", why)
                        .but("operator"),
                attack("4.8 ask for an exception", "POST", "/exceptions", """
                        {"change": "{change}", "kind": "deferral", "reason": "r", "until": "2027-04-01"}""").but("requester"),
                attack("4.8 end an exception", "POST", "/exceptions/requests/{request}/revoke", why),
                attack("4.6 propose a licence", "POST", "/licences", """
                        {"change": "{change}", "uses": 5, "until": "2027-06-01T00:00:00Z"}""").but("requester"),
                attack("4.6 vote for a licence", "POST", "/licences/{licence}/votes", "{\"decision\":\"approve\"}")
                        .but("board member"),
                attack(
                                "4.9 try a draft of a policy",
                                "POST",
                                "/policies/change-authorization/back-test",
                                "<definitions/>")
                        .sentAs("application/octet-stream")
                        .but("auditor"),
                attack(
                        "4.9 propose a policy",
                        "POST",
                        "/policies/change-authorization/proposals",
                        "{\"dmn\":\"<definitions/>\",\"reason\":\"because\",\"openChanges\":\"pin\"}"),
                attack("3.4 read the record", "GET", "/audit/events", "").but("auditor"),
                attack("3.4 check the record", "GET", "/audit/verification", "").but("auditor"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("engine")
    void nobodyGetsAroundTheProcess(Attack attack) {
        logins.forEach((role, login) -> {
            tried(attack, role, login, "engine-rest", () -> byToken(attack, role, "/engine-rest"));
            tried(attack, role, login, "webapp", () -> bySession(attack, role));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ownTask")
    void noAnswerIsMoreThanWasAsked(Attack attack) {
        var login = logins.get("board member");
        tried(attack, "board member", login, "engine-rest", () -> byToken(attack, "board member", "/engine-rest"));
        tried(attack, "board member", login, "webapp", () -> bySession(attack, "board member"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("api")
    void ourOwnApiIsNoWayAroundEither(Attack attack) {
        logins.forEach((role, login) -> {
            if (!attack.allowed().contains(role)) {
                tried(attack, role, login, "api", () -> byToken(attack, role, "/api/v1"));
            }
        });
    }

    @Test
    void theSetUpIsShutForEverybodyWhoHasSignedIn() {
        var attack = attack(
                "3.1 set-up",
                "POST",
                "/camunda/api/admin/setup/default/user/create",
                "{\"profile\":{\"id\":\"mallory\"},\"credentials\":{\"password\":\"Long-Enough-1234\"}}");
        logins.forEach((role, login) -> tried(
                attack,
                role,
                login,
                "webapp",
                () -> sessions.get(role).send("POST", attack.path(), attack.body(), JSON)));
    }

    @Test
    void aBodyWithoutEndIsCutOff() {
        var large = "{\"name\":\"" + "x".repeat(3 * 1024 * 1024) + "\"}";
        var answer = byToken(attack("3.1 body", "POST", "/task", large), "requester", "/engine-rest");
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void aMemberOfTheBoardStillVotes() {
        var vote = attack("vote", "POST", "/task/{colleague}/submit-form", """
                {"variables": {"decision": {"value": "abstain"}, "comment": {"value": "I was away."},
                               "shownDigest": {"value": "%s"}}}""".formatted(one(
                "select digest from plan_revision where change_id = ? order by revision desc limit 1",
                scene.get("change"))));
        var answer = byToken(vote, "colleague", "/engine-rest");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    private void tried(
            Attack attack,
            String role,
            String login,
            String channel,
            java.util.function.Supplier<HttpResponse<String>> deed) {
        moment = moment.plusSeconds(2);
        clock.set(moment);
        var before = state();
        var attempts = attempts(login);
        var answer = deed.get();
        var what = "%s by %s through %s: %d %s".formatted(attack, role, channel, answer.statusCode(), answer.body());
        assertThat(answer.statusCode()).as(what).isBetween(400, 499).isNotEqualTo(401);
        assertThat(answer.body()).as(what).isNotBlank().doesNotContain("\tat ", "Exception:", "at org.");
        assertThat(state()).as(what).isEqualTo(before);
        var recorded = attempts(login);
        assertThat(recorded).as(what).hasSize(attempts.size() + 1);
        assertThat(recorded.get(recorded.size() - 1)).as(what).contains("\"channel\":\"" + channel + "\"");
    }

    private List<String> attempts(String login) {
        return jdbc.sql("select content from audit_entry where actor = ? and action = 'attempt-refused' order by id")
                .param(login)
                .query(String.class)
                .list();
    }

    /** What an attack could change, as one text. */
    private String state() {
        return jdbc.sql("""
                        select concat_ws('|',
                               (select string_agg(concat_ws(' ', id_, rev_, assignee_, owner_, delegation_), ';' order by id_)
                                  from act_ru_task where proc_inst_id_ = :instance),
                               (select string_agg(concat_ws(' ', id_, rev_, act_id_, suspension_state_), ';' order by id_)
                                  from act_ru_execution where proc_inst_id_ = :instance),
                               (select string_agg(concat_ws(' ', id_, rev_, name_, text_), ';' order by id_)
                                  from act_ru_variable where proc_inst_id_ = :instance),
                               (select string_agg(concat_ws(' ', id_, rev_, duedate_, retries_, suspension_state_, priority_), ';'
                                                  order by id_) from act_ru_job where process_instance_id_ = :instance),
                               (select state from change_record where id = :change),
                               (select string_agg(concat_ws(' ', login, decision), ';' order by id) from vote
                                 where change_id = :change),
                               (select count(*) from act_ru_identitylink),
                               (select count(*) from act_re_deployment), (select count(*) from act_re_procdef),
                               (select count(*) from act_re_decision_def), (select count(*) from policy_proposal),
                               (select count(*) from act_ru_filter), (select sum(rev_) from act_ru_filter),
                               (select count(*) from act_ru_authorization), (select sum(rev_) from act_ru_authorization),
                               (select count(*) from act_ru_batch), (select count(*) from act_hi_comment),
                               (select count(*) from act_hi_attachment), (select count(*) from act_hi_procinst),
                               (select count(*) from act_hi_procinst where removal_time_ is not null),
                               (select count(*) from act_hi_varinst), (select count(*) from act_ru_ext_task),
                               (select count(*) from person), (select count(*) from person where not enabled),
                               (select count(*) from membership), (select count(*) from membership where valid_to < 'infinity'),
                               (select count(*) from substitution), (select count(approved_at) from substitution),
                               (select count(*) from person where same_as is not null),
                               (select count(*) from ballot), (select count(met_at) from approval_condition),
                               (select count(*) from break_glass), (select count(*) from reauthentication),
                               (select concat(count(*), ' ', count(lifted_at)) from kill_switch),
                               (select concat(count(*), ' ', count(decision)) from exception_request),
                               (select concat(count(*), ' ', count(ended_at)) from risk_exception),
                               (select string_agg(id || state, ' ' order by id) from licence),
                               (select count(*) from licence_vote), (select count(*) from receipt),
                               (select count(*) from release_token), (select count(*) from gate_answer),
                               (select count(*) from duty_held), (select count(*) from plan_revision), (select count(*) from calendar_entry where deleted_at is null),
                               (select count(*) from change_record), (select count(*) from maintenance_group),
                               (select count(*) from asset), (select count(*) from host_order))""")
                .param("instance", scene.get("instance"))
                .param("change", scene.get("change"))
                .query(String.class)
                .single();
    }

    private HttpResponse<String> byToken(Attack attack, String role, String root) {
        var request = HttpRequest.newBuilder(URI.create(address() + root + filled(attack.path(), role)))
                .method(attack.method(), body(filled(attack.body(), role)))
                .header("Authorization", "Bearer " + tokens.get(role))
                .header("Content-Type", attack.type())
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> bySession(Attack attack, String role) {
        return sessions.get(role)
                .send(
                        attack.method(),
                        "/camunda/api/engine/engine/default" + filled(attack.path(), role),
                        filled(attack.body(), role),
                        attack.type());
    }

    private static HttpRequest.BodyPublisher body(@Nullable String text) {
        return text == null || text.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(text);
    }

    private String filled(String text, String role) {
        var filled = text.replace("{me}", logins.getOrDefault(role, role));
        for (var thing : scene.entrySet()) {
            filled = filled.replace("{" + thing.getKey() + "}", thing.getValue());
        }
        return filled;
    }
}
