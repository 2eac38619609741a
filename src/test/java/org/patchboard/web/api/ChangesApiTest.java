package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class ChangesApiTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    ApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    private Caller reader;
    private Scene scene;
    private ChangeId change;

    @BeforeEach
    void open() {
        reader = new Caller(http, people.token(people.someone("implementer")));
        scene = new Scene(context).affected("alpha");
        change = scene.record();
    }

    @Test
    void listsChangesByGroupAndSort() {
        var list = reader.get("/changes?maintenanceGroup=" + scene.group + "&sort=due")
                .getBody();
        assertThat(list.path("total").asInt()).isOne();
        assertThat(list.path("items").get(0).path("id").asText()).isEqualTo(change.value());
        assertThat(list.path("items").get(0).path("state").asText()).isEqualTo("triage");
    }

    @ParameterizedTest
    @ValueSource(strings = {"votes", "rings", "hosts", "receipts"})
    void aPartWithNothingInItIsAnEmptyPage(String part) {
        var empty = reader.get("/changes/" + change + "/" + part + "?size=3");
        assertThat(empty.getStatusCode().value()).isEqualTo(200);
        assertThat(empty.getBody().path("items")).isEmpty();
        assertThat(empty.getBody().path("size").asInt()).isEqualTo(3);
        assertThat(reader.get("/changes/CHG-999999999/" + part).getStatusCode().value())
                .isEqualTo(404);
        assertThat(reader.get("/changes/nonsense/" + part).getStatusCode().value())
                .isEqualTo(404);
    }

    @Test
    void theTimelineIsTheRecord() {
        var first = reader.get("/changes/" + change + "/timeline")
                .getBody()
                .path("items")
                .get(0);
        assertThat(first.path("action").asText()).isEqualTo("change-opened");
        assertThat(first.path("seq").asInt()).isOne();
        assertThat(first.path("hash").asText()).hasSize(64);
    }

    @Test
    void votesAndHostsCarryWhatTheApiPromises() {
        jdbc.sql("""
                        insert into vote (change_id, revision, round, person, login, teams, decision, comment, digest, at)
                        select ?, 1, 1, id, login, '{cab}', 'approve', 'fine', 'abc', now() from person where login = ?""").params(change.value(), people.someone("cab")).update();
        var vote = reader.get("/changes/" + change + "/votes")
                .getBody()
                .path("items")
                .get(0);
        for (var field : new String[] {"id", "revision", "person", "role", "decision", "comment", "digest", "at"}) {
            assertThat(vote.hasNonNull(field)).as(field).isTrue();
        }
        jdbc.sql("""
                        insert into ring (change_id, revision, number, name, state, soak, success_share, deployer, kind, digest, reboot)
                        values (?, 1, 1, 'Canary', 'planned', interval '0', 100, 'simulator', 'canary', 'abc', 'never')""").param(change.value()).update();
        jdbc.sql("""
                        insert into ring_host (change_id, revision, ring, asset, state)
                        select ?, 1, 1, id, 'failed' from asset where name = ?""").params(change.value(), scene.name("alpha")).update();
        var ring = reader.get("/changes/" + change + "/rings")
                .getBody()
                .path("items")
                .get(0);
        assertThat(ring.path("hosts").asInt()).isOne();
        assertThat(ring.path("failed").asInt()).isOne();
        assertThat(reader.get("/changes/" + change + "/hosts")
                        .getBody()
                        .path("items")
                        .get(0)
                        .path("name")
                        .asText())
                .isEqualTo(scene.name("alpha"));
    }

    @Test
    void showsTheProofThatDutiesAreSeparated() {
        var proof = reader.get("/changes/" + change + "/duties").getBody();
        assertThat(proof.path("satisfied").asBoolean()).isTrue();
        assertThat(proof.path("constraints").findValuesAsText("rule")).contains("PLAN-VOTE");
    }

    @Test
    void aReceiptShowsInputsRulesAndOutputs() {
        jdbc.sql("""
                        insert into receipt (id, change_id, decision, decision_name, decision_version, decision_digest, inputs, rules,
                                             outputs, at)
                        values (?, ?, 'priority', 'Priority', 1, 'abc', '{"kev": true}', '[{"id": "r1"}]',
                                '{"priority": "critical"}', now())""").params(UUID.randomUUID(), change.value()).update();
        var receipt = reader.get("/changes/" + change + "/receipts")
                .getBody()
                .path("items")
                .get(0);
        assertThat(receipt.path("inputs").path("kev").asBoolean()).isTrue();
        assertThat(receipt.path("rules").get(0).path("id").asText()).isEqualTo("r1");
        assertThat(receipt.path("outputs").path("priority").asText()).isEqualTo("critical");
    }

    @Test
    void saysThatThereIsNoPlanAndNoSealYet() {
        assertThat(reader.get("/changes/" + change + "/plan")
                        .getBody()
                        .path("detail")
                        .asText())
                .contains("no plan yet");
        var headers = new HttpHeaders();
        headers.setBearerAuth(reader.token());
        headers.setAccept(List.of(MediaType.valueOf("application/zip")));
        assertThat(http.exchange(
                                "/api/v1/changes/" + change + "/evidence",
                                HttpMethod.GET,
                                new HttpEntity<>(headers),
                                String.class)
                        .getBody())
                .contains("not sealed yet");
        assertThat(reader.get("/changes/" + change + "/waiting").getBody()).isEmpty();
    }

    @Test
    void onlyThoseWhoAskForChangesOpenOne() {
        var wanted = """
                {"cves": ["%s"], "maintenanceGroup": "%s", "title": "t", "reason": "r"}""".formatted(scene.cve, scene.group);
        for (var group : new String[] {"cab", "auditor", "camunda-admin", "implementer"}) {
            var refused = new Caller(http, people.token(people.someone(group))).post("/changes", wanted);
            assertThat(refused.getStatusCode().value()).as(group).isEqualTo(403);
            assertThat(refused.getBody().path("detail").asText()).contains("ask for changes");
        }
    }

    @Test
    void aCoordinatorOpensAChangeAndWithdrawsIt() {
        var own = new Scene(context).affected("gamma");
        var coordinator = new Caller(http, people.token(people.someone("patch-coordinator")));
        var opened = coordinator.post("/changes", """
                {"cves": ["%s"], "maintenanceGroup": "%s", "title": "t", "reason": "r"}""".formatted(own.cve, own.group));
        assertThat(opened.getStatusCode().value()).as("%s", opened.getBody()).isEqualTo(201);
        var id = opened.getBody().path("id").asText();
        var withdrawn = coordinator.post("/changes/" + id + "/withdraw", "{\"reason\": \"a mistake\"}");
        assertThat(withdrawn.getStatusCode().value())
                .as("%s", withdrawn.getBody())
                .isEqualTo(204);
        assertThat(reader.get("/changes/" + id).getBody().path("state").asText())
                .isEqualTo("withdrawn");
        assertThat(coordinator
                        .post("/changes/" + id + "/withdraw", "{\"reason\": \"again\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"cves\": [], \"title\": \"t\", \"reason\": \"r\"}                                | maintenanceGroup is missing",
                "{\"cves\": []}                                                                     | maintenanceGroup, reason, title are missing",
                "{\"cves\": 7, \"maintenanceGroup\": \"g\", \"title\": \"t\", \"reason\": \"r\"}    | $.cves",
                "{\"cves\": [                                                                       | not JSON",
                "{\"cves\": [], \"maintenanceGroup\": \"g\\u0000\", \"title\": \"t\", \"reason\": \"r\", \"advisory\": \"deb/x\"} | NUL"
            })
    void saysWhichPlaceOfTheBodyIsWrong(String body, String sentence) {
        var analyst = new Caller(http, people.token(people.someone("vulnerability-analyst")));
        var answer = analyst.post("/changes", body);
        assertThat(answer.getStatusCode().value()).as("%s", answer.getBody()).isEqualTo(400);
        assertThat(answer.getHeaders().getContentType()).hasToString("application/problem+json");
        assertThat(answer.getBody().path("detail").asText()).contains(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"halt", "resume", "roll-back"})
    void onlyThoseOnCallTouchARollOutAndTheAttemptIsRecorded(String deed) {
        for (var group : new String[] {"cab", "auditor", "camunda-admin", "implementer"}) {
            var login = people.someone(group);
            var refused = new Caller(http, people.token(login))
                    .post("/changes/" + change + "/" + deed, "{\"reason\": \"because\"}");
            assertThat(refused.getStatusCode().value())
                    .as("%s %s", group, refused.getBody())
                    .isEqualTo(403);
            assertThat(jdbc.sql("select subject from audit_entry where actor = ? and action = 'attempt-refused'")
                            .param(login)
                            .query(String.class)
                            .list())
                    .containsExactly("POST /api/v1/changes/" + change + "/" + deed);
        }
        var onCall = new Caller(http, people.token(people.someone("on-call")));
        assertThat(onCall.post("/changes/" + change + "/" + deed, "{\"reason\": \" \"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(400);
        var nothing = onCall.post("/changes/" + change + "/" + deed, "{\"reason\": \"because\"}");
        assertThat(nothing.getStatusCode().value()).as("%s", nothing.getBody()).isEqualTo(409);
        assertThat(nothing.getBody().path("detail").asText()).startsWith("No ring of " + change);
    }
}
