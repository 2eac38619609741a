package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.impl.cmd.AssignTaskCmd;
import org.camunda.bpm.engine.impl.cmd.ClaimTaskCmd;
import org.camunda.bpm.engine.impl.cmd.CompleteTaskCmd;
import org.camunda.bpm.engine.impl.cmd.ExecuteFilterListCmd;
import org.camunda.bpm.engine.impl.cmd.SetJobRetriesCmd;
import org.camunda.bpm.engine.impl.cmd.SubmitTaskFormCmd;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class GuardTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    ManagementService management;

    @Test
    void knowsEveryCommandOfThisEngine() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition candidate) {
                return candidate.getMetadata().isConcrete();
            }
        };
        scanner.addIncludeFilter(new AssignableTypeFilter(Command.class));
        var found = new TreeSet<String>();
        for (var root : new String[] {"org.camunda.bpm.engine", "org.camunda.bpm.cockpit", "org.camunda.bpm.webapp"}) {
            scanner.findCandidateComponents(root).forEach(command -> found.add(command.getBeanClassName()));
        }
        found.removeIf(name -> name.contains(".impl.test."));
        assertThat(found).hasSizeGreaterThan(300);
        assertThat(Guard.read().keySet())
                .as("an upgrade of the engine brought commands that nobody has judged: add them to commands.txt")
                .containsAll(found);
    }

    @Test
    void readsTheFieldsItJudgesByInThisEngine() {
        assertThat(Guard.value(new ClaimTaskCmd("t", "ana"), "userId")).isEqualTo("ana");
        assertThat(Guard.value(new AssignTaskCmd("t", "ana"), "userId")).isEqualTo("ana");
        assertThat(Guard.value(new CompleteTaskCmd("t", java.util.Map.of("a", 1)), "variables"))
                .isEqualTo(java.util.Map.of("a", 1));
        assertThat(Guard.value(new SubmitTaskFormCmd("t", java.util.Map.of("a", 1), false, false), "taskId"))
                .isEqualTo("t");
        assertThat(Guard.value(new SubmitTaskFormCmd("t", java.util.Map.of("a", 1), false, false), "properties"))
                .asString()
                .contains("a");
    }

    static Stream<Arguments> attacks() {
        var start =
                "{\"businessKey\":\"CHG-999999\",\"startInstructions\":[{\"type\":\"startBeforeActivity\",\"activityId\":\"x\"}]}";
        return Stream.of("tester", "cab", "on-call", "auditor", "camunda-admin")
                .flatMap(
                        group -> Stream.of(
                                Arguments.of(
                                        group,
                                        HttpMethod.POST,
                                        "/message",
                                        "{\"messageName\":\"patchboard.ringFinished\"}"),
                                Arguments.of(group, HttpMethod.POST, "/signal", "{\"name\":\"x\"}"),
                                Arguments.of(
                                        group, HttpMethod.POST, "/process-definition/key/patch-change/start", start),
                                Arguments.of(
                                        group, HttpMethod.POST, "/process-definition/key/patch-change/start", "{}"),
                                Arguments.of(
                                        group,
                                        HttpMethod.POST,
                                        "/process-instance/x/modification",
                                        "{\"instructions\":[{\"type\":\"startBeforeActivity\",\"activityId\":\"x\"}]}"),
                                Arguments.of(
                                        group,
                                        HttpMethod.POST,
                                        "/process-instance/x/variables",
                                        "{\"modifications\":{\"a\":{\"value\":1}}}"),
                                Arguments.of(group, HttpMethod.DELETE, "/process-instance/x", ""),
                                Arguments.of(group, HttpMethod.DELETE, "/history/process-instance/x", ""),
                                Arguments.of(group, HttpMethod.DELETE, "/deployment/x?cascade=true", ""),
                                Arguments.of(
                                        group,
                                        HttpMethod.PUT,
                                        "/job/x/duedate",
                                        "{\"duedate\":\"2020-01-01T00:00:00.000+0000\"}"),
                                Arguments.of(group, HttpMethod.POST, "/job/x/execute", ""),
                                Arguments.of(group, HttpMethod.POST, "/task/x/assignee", "{\"userId\":\"mallory\"}"),
                                Arguments.of(group, HttpMethod.POST, "/task/x/delegate", "{\"userId\":\"mallory\"}"),
                                Arguments.of(group, HttpMethod.POST, "/task/x/claim", "{\"userId\":\"somebody-else\"}"),
                                Arguments.of(group, HttpMethod.POST, "/task/x/bpmnError", "{\"errorCode\":\"X\"}"),
                                Arguments.of(
                                        group,
                                        HttpMethod.POST,
                                        "/task/x/identity-links",
                                        "{\"userId\":\"mallory\",\"type\":\"candidate\"}"),
                                Arguments.of(group, HttpMethod.POST, "/task/create", "{\"name\":\"mine\"}"),
                                Arguments.of(
                                        group,
                                        HttpMethod.POST,
                                        "/authorization/create",
                                        "{\"type\":1,\"permissions\":[\"ALL\"],\"userId\":\"mallory\",\"resourceType\":6,\"resourceId\":\"*\"}")));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("attacks")
    void refusesWhatLeadsAroundTheProcess(String group, HttpMethod method, String path, String body) {
        var login = people.someone(group);
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_JSON);
        var answer = http.exchange("/engine-rest" + path, method, new HttpEntity<>(body, headers), String.class);
        assertThat(answer.getStatusCode().is4xxClientError())
                .as("%s %s", answer.getStatusCode(), answer.getBody())
                .isTrue();
    }

    @Test
    void readsTheFieldsOfRetriesAndFilters() {
        var retry = new SetJobRetriesCmd("j", "d", 3, new java.util.Date(0), true);
        assertThat(Guard.value(retry, "jobId")).isEqualTo("j");
        assertThat(Guard.value(retry, "jobDefinitionId")).isEqualTo("d");
        assertThat(Guard.value(retry, "retries")).isEqualTo(3);
        assertThat(Guard.value(retry, "isDueDateSet")).isEqualTo(true);
        assertThat(Guard.value(retry, "jobIds")).isNull();
        assertThat(Guard.value(new ExecuteFilterListCmd("f"), "extendingQuery")).isNull();
    }

    @Test
    void givesBackAndTakesAgainWhatOneHolds() {
        var login = people.someone("vulnerability-analyst");
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        runtime.startProcessInstanceByKey("assess-change", change.value());
        var walk = new ProcessWalk(context, change).jobs();
        var task = walk.task("UserTask_Triage").getId();
        assertThat(post(login, "/task/" + task + "/claim", "{\"userId\":\"" + login + "\"}"))
                .isEqualTo(204);
        var other = people.someone("vulnerability-analyst");
        assertThat(post(other, "/task/" + task + "/unclaim", "")).isEqualTo(403);
        assertThat(post(login, "/task/" + task + "/unclaim", "")).isEqualTo(204);
        assertThat(walk.task("UserTask_Triage").getAssignee()).isNull();
        assertThat(post(other, "/task/" + task + "/claim", "{\"userId\":\"" + other + "\"}"))
                .isEqualTo(204);
        assertThat(jdbc.sql("select user_id_ from act_hi_op_log where task_id_ = ? and user_id_ = ?")
                        .params(task, login)
                        .query(String.class)
                        .list())
                .as("the engine's own log names who gave it back")
                .isNotEmpty();
    }

    @Test
    void anIncompleteAnswerIsToldButIsNoAttempt() {
        var login = people.someone("vulnerability-analyst");
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        runtime.startProcessInstanceByKey("assess-change", change.value());
        var task =
                new ProcessWalk(context, change).jobs().task("UserTask_Triage").getId();
        post(login, "/task/" + task + "/claim", "{\"userId\":\"" + login + "\"}");
        for (var way : new String[] {"complete", "submit-form"}) {
            assertThat(post(login, "/task/" + task + "/" + way, "{\"variables\":{}}"))
                    .as(way)
                    .isEqualTo(400);
        }
        assertThat(post(login, "/task/nothing/complete", "{}")).isEqualTo(409);
        assertThat(jdbc.sql("select count(*) from audit_entry where actor = ? and action = 'attempt-refused'")
                        .param(login)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void anAdministratorTriesAFailedJobAgainAndItIsRecorded() {
        var scene = new Scene(context).affected("web1");
        var change = scene.record();
        var instance = runtime.startProcessInstanceByKey("assess-change", change.value());
        var job = management
                .createJobQuery()
                .processInstanceId(instance.getId())
                .list()
                .get(0)
                .getId();
        management.setJobRetries(job, 0);
        var operator = people.someone("on-call");
        var administrator = people.someone("camunda-admin");
        assertThat(put(operator, "/job/" + job + "/retries", "{\"retries\":1}")).isEqualTo(403);
        assertThat(put(administrator, "/job/" + job + "/retries", "{\"retries\":99}"))
                .isEqualTo(403);
        assertThat(put(administrator, "/job/" + job + "/retries", "{\"retries\":1}"))
                .isEqualTo(204);
        assertThat(jdbc.sql("select subject from audit_entry where actor = ? and action = 'job-retried'")
                        .param(administrator)
                        .query(String.class)
                        .list())
                .containsExactly(job);
    }

    private int post(String login, String path, String body) {
        return call(login, HttpMethod.POST, path, body);
    }

    private int put(String login, String path, String body) {
        return call(login, HttpMethod.PUT, path, body);
    }

    private int call(String login, HttpMethod method, String path, String body) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_JSON);
        return http.exchange("/engine-rest" + path, method, new HttpEntity<>(body, headers), String.class)
                .getStatusCode()
                .value();
    }

    @Test
    void recordsWhoTried() {
        var login = people.someone("camunda-admin");
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_JSON);
        http.exchange(
                "/engine-rest/message",
                HttpMethod.POST,
                new HttpEntity<>("{\"messageName\":\"patchboard.ringFinished\"}", headers),
                String.class);
        assertThat(jdbc.sql("select content from audit_entry where actor = ? and action = 'attempt-refused'")
                        .param(login)
                        .query(String.class)
                        .list())
                .singleElement()
                .asString()
                .contains("engine-rest");
    }

    @Test
    void knowsNoCommandThatDoesNotExist() {
        var missing = new TreeSet<>(Set.<String>of());
        for (var name : Guard.read().keySet()) {
            try {
                Class.forName(name, false, getClass().getClassLoader());
            } catch (ClassNotFoundException e) {
                missing.add(name);
            }
        }
        assertThat(missing).isEmpty();
    }
}
