package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The rules over HTTP: who may, and what a refusal says. */
@PatchboardTest
class GovernanceApiTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    Decisions decisions;

    private Scene scene;
    private ChangeId change;

    @BeforeEach
    void openAChange() {
        scene = new Scene(context).affected("web1");
        change = scene.record();
    }

    private ResponseEntity<JsonNode> call(String login, HttpMethod method, String path, String body) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_JSON);
        return http.exchange("/api/v1" + path, method, new HttpEntity<>(body, headers), JsonNode.class);
    }

    private ResponseEntity<JsonNode> post(String login, String path, String body) {
        return call(login, HttpMethod.POST, path, body);
    }

    private ResponseEntity<JsonNode> get(String login, String path) {
        return call(login, HttpMethod.GET, path, null);
    }

    @Test
    void showsTheProofOfDuties() {
        var proof = get(people.someone("auditor"), "/changes/" + change + "/duties");
        assertThat(proof.getStatusCode().value()).isEqualTo(200);
        assertThat(proof.getBody().path("satisfied").asBoolean()).isTrue();
        assertThat(proof.getBody().path("constraints").findValuesAsText("rule")).contains("PLAN-VOTE", "GRANTED-ROLES");
        assertThat(get(people.someone("auditor"), "/changes/CHG-999999999/duties")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
    }

    @Test
    void aSubstitutionIsApprovedByAThirdPerson() {
        var absent = people.someone("cab");
        var substitute = people.someone("tester");
        var made = post(
                absent,
                "/people/" + absent + "/substitutions",
                "{\"substitute\": \"%s\", \"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2099-01-01T00:00:00Z\"}"
                        .formatted(substitute));
        assertThat(made.getStatusCode().is2xxSuccessful()).isTrue();
        var id = context.getBean(org.patchboard.identity.Directory.class)
                .substitutions(absent)
                .get(0)
                .id();
        var path = "/people/" + absent + "/substitutions/" + id + "/approval";
        assertThat(post(people.someone("implementer"), path, "").getStatusCode().value())
                .isEqualTo(403);
        assertThat(post(people.someone("change-manager"), path, "")
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
    }

    @Test
    void nobodyVotesOnWhatIsNotVotedOn() {
        var vote = post(
                people.someone("cab"),
                "/changes/" + change + "/votes",
                "{\"decision\": \"approve\", \"digest\": \"x\"}");
        assertThat(vote.getStatusCode().value()).isEqualTo(409);
        assertThat(vote.getBody().path("detail").asText()).contains("Nobody votes on");
        assertThat(get(people.someone("cab"), "/changes/" + change + "/conditions")
                        .getBody())
                .isEmpty();
    }

    @Test
    void whoIsOnCallStopsEveryRolloutAndAnotherLetsGo() {
        var ona = people.someone("on-call");
        assertThat(post(people.someone("implementer"), "/kill-switch", "{\"reason\": \"x\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(post(ona, "/kill-switch", "{\"reason\": \"odd metrics\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
        try {
            assertThat(get(ona, "/kill-switch").getBody().path("pulled").asBoolean())
                    .isTrue();
            assertThat(post(ona, "/kill-switch/lift", "{\"reason\": \"fine\"}")
                            .getStatusCode()
                            .value())
                    .isEqualTo(403);
        } finally {
            assertThat(post(people.someone("change-manager"), "/kill-switch/lift", "{\"reason\": \"fine\"}")
                            .getStatusCode()
                            .value())
                    .isEqualTo(204);
        }
    }

    @Test
    void anExceptionIsAskedForAndDecidedElsewhere() {
        var body =
                "{\"change\": \"%s\", \"hosts\": [\"%s\"], \"kind\": \"deferral\", \"reason\": \"no spare\", \"until\": \"2099-01-01\"}"
                        .formatted(change, scene.name("web1"));
        assertThat(post(people.someone("risk-owner"), "/exceptions", body)
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        var asked = post(people.someone("asset-owner"), "/exceptions", body);
        assertThat(asked.getStatusCode().value()).isEqualTo(201);
        var request = asked.getBody().path("request").asLong();
        var read = get(people.someone("auditor"), "/exceptions/requests/" + request);
        assertThat(read.getBody().path("kind").asText()).isEqualTo("deferral");
        assertThat(post(
                                people.someone("risk-owner"),
                                "/exceptions/requests/" + request + "/revoke",
                                "{\"reason\": \"x\"}")
                        .getStatusCode()
                        .value())
                .as("nothing is in force yet")
                .isEqualTo(409);
        var nonsense = post(people.someone("asset-owner"), "/exceptions", body.replace("2099-01-01", "soon"));
        assertThat(nonsense.getStatusCode().value()).isEqualTo(400);
        assertThat(nonsense.getBody().path("detail").asText()).contains("soon");
    }

    @Test
    void theGlassIsNotBrokenWithoutAnEmergencyAndThePasswordIsChecked() {
        var ona = people.someoneWithPassword("on-call");
        var broken = post(
                ona,
                "/changes/" + change + "/break-glass",
                "{\"reason\": \"worm\", \"incident\": \"INC-1\", \"password\": \"%s\"}".formatted(TestPeople.PASSWORD));
        assertThat(broken.getStatusCode().value()).isEqualTo(409);
        assertThat(broken.getBody().path("detail").asText()).contains("Only an emergency");
        assertThat(post(ona, "/people/me/reauthentication", "{\"password\": \"wrong\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(post(ona, "/people/me/reauthentication", "{\"password\": \"%s\"}".formatted(TestPeople.PASSWORD))
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
    }

    @Test
    void aDraftOfAPolicyIsTriedByThoseConcerned() throws Exception {
        decisions.decide(change, "deadline-organisation", Map.of("priority", "low"));
        var draft = Files.readString(Path.of("processes", "deadline-organisation.dmn"));
        var path = "/policies/deadline-organisation/back-test";
        assertThat(draft(people.someone("cab"), path, draft).getStatusCode().value())
                .isEqualTo(403);
        var report = draft(people.someone("policy-author"), path, draft);
        assertThat(report.getStatusCode().value()).isEqualTo(200);
        assertThat(report.getBody().path("problems")).isEmpty();
        assertThat(draft(people.someone("policy-author"), path, "<a/>")
                        .getStatusCode()
                        .is4xxClientError())
                .isTrue();
    }

    private ResponseEntity<JsonNode> draft(String login, String path, String draft) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
        return http.exchange(
                "/api/v1" + path,
                HttpMethod.POST,
                new HttpEntity<>(draft.getBytes(StandardCharsets.UTF_8), headers),
                JsonNode.class);
    }

    @Test
    void licencesAreListedInPages() {
        var listed = get(people.someone("tester"), "/licences?page=3&size=2").getBody();
        assertThat(listed.path("page").asInt()).isEqualTo(3);
        assertThat(listed.path("size").asInt()).isEqualTo(2);
        assertThat(listed.path("items").isArray()).isTrue();
        assertThat(listed.path("total").isNumber()).isTrue();
    }

    @Test
    void aLicenceIsProposedForAModelOnly() {
        var body = "{\"change\": \"%s\", \"uses\": 5, \"until\": \"2027-03-01T00:00:00Z\"}".formatted(change);
        assertThat(post(people.someone("tester"), "/licences", body)
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        var proposed = post(people.someone("patch-coordinator"), "/licences", body);
        assertThat(proposed.getStatusCode().value()).isEqualTo(409);
        assertThat(proposed.getBody().path("detail").asText()).contains("no model");
    }
}
