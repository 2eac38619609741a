package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.multipart;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.WebSession;
import org.patchboard.identity.Directory;
import org.patchboard.lifecycle.engine.PolicySettlement;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.lifecycle.process.Tables;
import org.patchboard.risk.Decisions;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/** Policies over HTTP, by those who may and by those who may not. */
@PatchboardTest
class PoliciesApiTest {

    private static final Instant NOW = Instant.parse("2027-04-12T09:00:00Z");
    private static final String TABLE = "deadline-organisation";

    @LocalServerPort
    int port;

    @Autowired
    WebApplicationContext context;

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Directory directory;

    @Autowired
    Decisions decisions;

    @Autowired
    PolicySettlement settlement;

    @Autowired
    TaskService tasks;

    @Autowired
    ObjectMapper json;

    @Autowired
    JdbcClient jdbc;

    private Tables tables;
    private Caller paul;
    private String paulsLogin;
    private MockMvc browser;

    @BeforeEach
    void open() {
        clock.set(NOW);
        tables = new Tables(context);
        paulsLogin = people.someoneWithPassword("policy-author");
        paul = new Caller(http, people.token(paulsLogin));
        browser = MockMvcBuilders.webAppContextSetup(context)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
    }

    @AfterEach
    void restore() {
        tables.close();
    }

    private Caller somebody(String... teams) {
        return new Caller(http, people.token(people.someone(teams)));
    }

    private byte[] stricter() {
        return tables.draft(TABLE, "<text>7</text>", "<text>5</text>");
    }

    private String body(byte[] dmn, String openChanges) throws Exception {
        return json.writeValueAsString(Map.of(
                "dmn",
                new String(dmn, StandardCharsets.UTF_8),
                "reason",
                "The <b>regulator</b> asks for it.",
                "openChanges",
                openChanges));
    }

    private ProposalId proposed(String openChanges) throws Exception {
        var answer = paul.post("/policies/" + TABLE + "/proposals", body(stricter(), openChanges));
        assertThat(answer.getStatusCode().value()).as("%s", answer.getBody()).isEqualTo(201);
        var id = new ProposalId(answer.getBody().path("id").asText());
        new ProcessWalk(context, id).jobs();
        return id;
    }

    private ChangeId judged() {
        var change = new Scene(context).affected("web1").record();
        decisions.decide(change, TABLE, Map.of("priority", "critical"));
        return change;
    }

    private static void refused(ResponseEntity<JsonNode> answer, int status, String words) {
        assertThat(answer.getStatusCode().value()).as("%s", answer.getBody()).isEqualTo(status);
        assertThat(answer.getBody().path("detail").asText()).contains(words);
    }

    @Test
    void aProposalIsReadWithItsTestsItsDifferencesAndWhatBecameOfOpenChanges() throws Exception {
        var change = judged();
        var id = proposed("pin");
        var reader = somebody("tester");
        var read = reader.get("/policies/proposals/" + id).getBody();
        assertThat(read.path("proposal").path("state").asText()).isEqualTo("waiting");
        assertThat(read.path("proposal").path("problems")).isEmpty();
        assertThat(read.path("differences").asInt()).isPositive();
        assertThat(read.path("rows").path("rows").findValuesAsText("kind")).contains("changed", "same");
        assertThat(all(reader, "/policies/proposals/" + id + "/differences"))
                .hasSize(read.path("differences").asInt())
                .anyMatch(difference -> difference.path("change").asText().equals(change.value()));
        assertThat(reader.get("/policies/proposals?state=open&decision=" + TABLE)
                        .getBody()
                        .path("items")
                        .findValuesAsText("id"))
                .contains(id.value());
        new ProcessWalk(context, id)
                .done(PolicyChange.DECIDE_POLICY, "policy-approver", Map.of("decision", "approve", "comment", "ok"));
        var versions = reader.get("/policies/" + TABLE + "/versions").getBody();
        assertThat(versions.path("items").get(0).path("version").asInt())
                .isEqualTo(versions.path("total").asInt());
        assertThat(versions.path("items").get(0).path("digest").asText())
                .isEqualTo(read.path("proposal").path("digest").asText());
        settlement.settle(id, change);
        assertThat(all(reader, "/policies/proposals/" + id + "/effects"))
                .anyMatch(effect -> effect.path("change").asText().equals(change.value()));
        var onTheChange = reader.get("/changes/" + change + "/policies").getBody();
        assertThat(onTheChange.path("items").get(0).path("effect").asText()).isEqualTo("pinned");
        assertThat(onTheChange.path("items").get(0).path("proposal").asText()).isEqualTo(id.value());
        assertThat(reader.get("/policies").getBody().path("items").findValuesAsText("key"))
                .contains(TABLE);
    }

    /** Every item of a list, page by page: changes of other tests are among them. */
    private static List<JsonNode> all(Caller reader, String path) {
        var items = new ArrayList<JsonNode>();
        for (int page = 0; ; page++) {
            var slice = reader.get(path + "?size=500&page=" + page).getBody();
            slice.path("items").forEach(items::add);
            if (slice.path("items").isEmpty()) {
                assertThat(slice.path("total").asInt()).isEqualTo(items.size());
                return items;
            }
        }
    }

    @Test
    void anUnsoundTableSaysWhatIsWrongWithIt() throws Exception {
        var gap = tables.draft(TABLE, "(?s)<rule id=\"Rule_DeadlineOrganisation_1\">.*?</rule>", "");
        var id = paul.post("/policies/" + TABLE + "/proposals", body(gap, "pin"))
                .getBody()
                .path("id")
                .asText();
        new ProcessWalk(context, new ProposalId(id)).jobs();
        var read = paul.get("/policies/proposals/" + id).getBody().path("proposal");
        assertThat(read.path("state").asText()).isEqualTo("unsound");
        assertThat(read.path("problems").get(0).asText()).isEqualTo("No row for {priority=critical}");
    }

    @Test
    void refusesWhatCannotBeProposedWithASentence() throws Exception {
        var path = "/policies/" + TABLE + "/proposals";
        refused(
                somebody("policy-approver", "change-manager").post(path, body(stricter(), "pin")),
                403,
                "Policy authors");
        refused(somebody("camunda-admin").post(path, body(stricter(), "pin")), 403, "Policy authors");
        refused(paul.post("/policies/no-such/proposals", body(stricter(), "pin")), 404, "no decision table");
        refused(paul.post("/policies/X_Y/proposals", body(stricter(), "pin")), 404, "no such decision table");
        refused(paul.post(path, body(stricter(), "perhaps")), 400, "re-evaluate");
        refused(paul.post(path, body("<a/>".getBytes(StandardCharsets.UTF_8), "pin")), 400, "draft");
        refused(paul.post(path, "{\"reason\": \"x\", \"openChanges\": \"pin\"}"), 400, "dmn is missing");
        refused(paul.post(path, body(stricter(), "pin").replace("regulator", "a\\u0000b")), 400, "cannot be kept");
        refused(paul.get("/policies/proposals/POL-999999999"), 404, "no proposal");
        refused(paul.get("/policies/proposals/nonsense/differences"), 404, "no proposal");
        var id = proposed("pin");
        refused(
                paul.post(path, body(tables.draft(TABLE, "<text>30</text>", "<text>9</text>"), "pin")),
                409,
                id.value());
        refused(
                somebody("policy-author").post("/policies/proposals/" + id + "/withdraw", "{\"reason\": \"no\"}"),
                403,
                "Only");
        assertThat(paul.post("/policies/proposals/" + id + "/withdraw", "{\"reason\": \"no\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
        refused(paul.post("/policies/proposals/" + id + "/withdraw", "{\"reason\": \"no\"}"), 409, "withdrawn");
    }

    /** By hand past the directory, which refuses both: a second login, a substitute and the author with the other role. */
    private List<String> sidesOfTheAuthor() {
        var second = people.someoneWithPassword("policy-approver");
        directory.sameHuman(second, paulsLogin, Actor.system("test"));
        var substitute = people.someoneWithPassword("policy-approver");
        jdbc.sql("""
                        insert into substitution (absent, substitute, valid_from, valid_to, recorded_by, approved_by,
                                                  approved_at)
                        select a.id, s.id, :now, 'infinity', 'test', 'test', :now from person a, person s
                         where a.login = :absent and s.login = :substitute""")
                .param("now", clock.instant().minus(Duration.ofDays(1)).atOffset(java.time.ZoneOffset.UTC))
                .param("absent", paulsLogin)
                .param("substitute", substitute)
                .update();
        jdbc.sql("""
                        insert into membership (person, team, granted_by)
                        select id, 'policy-approver', 'test' from person where login = ?""").param(paulsLogin).update();
        return List.of(paulsLogin, second, substitute);
    }

    @Test
    void nobodyOnTheAuthorsSideDecidesByAnyWayIn() throws Exception {
        var attackers = sidesOfTheAuthor();
        var id = proposed("pin");
        var task = tasks.createTaskQuery()
                .processInstanceBusinessKey(id.value())
                .singleResult()
                .getId();
        var answers = "{\"variables\": {\"decision\": {\"value\": \"approve\"}, \"comment\": {\"value\": \"fine\"}}}";
        for (var login : attackers) {
            var token = people.token(login);
            var session = WebSession.of("http://localhost:" + port, login, "tasklist");
            for (var step : List.of("claim", "submit-form", "complete")) {
                var body = step.equals("claim") ? "{\"userId\": \"%s\"}".formatted(login) : answers;
                var rest = engine(token, "/engine-rest/task/" + task + "/" + step, body);
                assertThat(rest.statusCode())
                        .as("%s %s %s", login, step, rest.body())
                        .isBetween(400, 499);
                var webapp = session.send(
                        "POST",
                        "/camunda/api/engine/engine/default/task/" + task + "/" + step,
                        body,
                        "application/json");
                assertThat(webapp.statusCode())
                        .as("%s %s %s", login, step, webapp.body())
                        .isBetween(400, 499);
            }
            assertThat(jdbc.sql("select count(*) from audit_entry where actor = ? and action = 'attempt-refused'")
                            .param(login)
                            .query(Integer.class)
                            .single())
                    .as(login)
                    .isEqualTo(6);
        }
        assertThat(paul.get("/policies/proposals/" + id)
                        .getBody()
                        .path("proposal")
                        .path("state")
                        .asText())
                .isEqualTo("waiting");
        assertThat(tables.version(TABLE))
                .isEqualTo(paul.get("/policies/proposals/" + id)
                        .getBody()
                        .path("proposal")
                        .path("baseVersion")
                        .asInt());
    }

    @Test
    void anApproverAnswersWhatIsAskedAndEditsNothing() throws Exception {
        var petra = people.someoneWithPassword("policy-approver");
        var token = people.token(petra);
        var id = proposed("pin");
        var task = tasks.createTaskQuery()
                .processInstanceBusinessKey(id.value())
                .singleResult()
                .getId();
        assertThat(engine(token, "/engine-rest/task/" + task + "/claim", "{\"userId\": \"%s\"}".formatted(petra))
                        .statusCode())
                .isEqualTo(204);
        for (var answers : List.of(
                "{\"variables\": {\"decision\": {\"value\": \"approve\"}, \"dmn\": {\"value\": \"<a/>\"}}}",
                "{\"variables\": {\"decision\": {\"value\": \"approve\"}, \"openChanges\": {\"value\": \"re-approve\"}}}",
                "{\"variables\": {\"decision\": {\"value\": \"perhaps\"}}}",
                "{\"variables\": {\"decision\": {\"value\": \"refuse\"}}}")) {
            assertThat(engine(token, "/engine-rest/task/" + task + "/submit-form", answers)
                            .statusCode())
                    .as(answers)
                    .isBetween(400, 499);
        }
        for (var method : List.of("PUT", "PATCH", "DELETE")) {
            assertThat(send(method, token, "/api/v1/policies/proposals/" + id, "{\"dmn\": \"<a/>\"}")
                            .statusCode())
                    .as(method)
                    .isBetween(400, 499);
        }
        assertThat(engine(
                                token,
                                "/engine-rest/task/" + task + "/submit-form",
                                "{\"variables\": {\"decision\": {\"value\": \"approve\"}, \"comment\": {\"value\": \"ok\"}}}")
                        .statusCode())
                .isEqualTo(204);
        new ProcessWalk(context, id).jobs();
        assertThat(paul.get("/policies/proposals/" + id)
                        .getBody()
                        .path("proposal")
                        .path("decidedBy")
                        .asText())
                .isEqualTo(petra);
    }

    @Test
    void anAdministratorNeitherDeploysATableNorDecides() throws Exception {
        var root = people.token(people.someoneWithPassword("camunda-admin"));
        var id = proposed("pin");
        var task = tasks.createTaskQuery()
                .processInstanceBusinessKey(id.value())
                .singleResult()
                .getId();
        var upload = """
                --xyz\r
                Content-Disposition: form-data; name="x.dmn"; filename="x.dmn"\r
                \r
                %s\r
                --xyz--\r
                """.formatted(new String(stricter(), StandardCharsets.UTF_8));
        var version = tables.version(TABLE);
        var deployment = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + port + "/engine-rest/deployment/create"))
                                .header("Authorization", "Bearer " + root)
                                .header("Content-Type", "multipart/form-data; boundary=xyz")
                                .POST(HttpRequest.BodyPublishers.ofString(upload))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(deployment.statusCode()).isBetween(400, 499);
        assertThat(engine(
                                root,
                                "/engine-rest/task/" + task + "/complete",
                                "{\"variables\": {\"decision\": {\"value\": \"approve\"}}}")
                        .statusCode())
                .isBetween(400, 499);
        assertThat(engine(root, "/engine-rest/message", """
                        {"messageName": "patchboard.policyWithdrawn", "businessKey": "%s"}""".formatted(id)).statusCode())
                .isBetween(400, 499);
        assertThat(tables.version(TABLE)).isEqualTo(version);
    }

    private HttpResponse<String> engine(String token, String path, String body) throws Exception {
        return send("POST", token, path, body);
    }

    private HttpResponse<String> send(String method, String token, String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void thePagesShowVersionsProposalsRowsAndEffectsAndTakeAnUpload() throws Exception {
        var change = judged();
        var author = user(paulsLogin);
        var page = browser.perform(get("/policies").with(author))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(page).contains("Propose a new version", "brought by a build", "/policies/" + TABLE + "/dmn");
        assertThat(browser.perform(get("/policies").with(user(people.someone("tester"))))
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .doesNotContain("Propose a new version");
        assertThat(browser.perform(get("/policies/" + TABLE + "/dmn").with(author))
                        .andExpect(status().isOk())
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .contains("<decisionTable");
        browser.perform(multipart("/policies/" + TABLE + "/proposals")
                        .file(new MockMultipartFile(
                                "table", "x.dmn", "text/xml", "<a/>".getBytes(StandardCharsets.UTF_8)))
                        .param("reason", "because")
                        .param("openChanges", "pin")
                        .with(author)
                        .with(csrf()))
                .andExpect(result ->
                        assertThat(result.getFlashMap().get("note").toString()).contains("no table"));
        var there = browser.perform(multipart("/policies/" + TABLE + "/proposals")
                        .file(new MockMultipartFile("table", "x.dmn", "text/xml", stricter()))
                        .param("reason", "because <script>alert(1)</script>")
                        .param("openChanges", "pin")
                        .with(author)
                        .with(csrf()))
                .andExpect(status().is3xxRedirection())
                .andReturn()
                .getResponse()
                .getRedirectedUrl();
        assertThat(there).startsWith("/policies/proposals/POL-");
        var id = new ProposalId(there.substring(there.lastIndexOf('/') + 1));
        assertThat(proposal(id, paulsLogin)).contains("It is being tested.", "being tested");
        var walk = new ProcessWalk(context, id).jobs();
        var petra = people.someone("policy-approver");
        assertThat(proposal(id, petra))
                .contains(
                        "to be decided", "your turn", "Critical within a week", "What it would have decided otherwise")
                .contains("because &lt;script&gt;")
                .doesNotContain("<script>alert(1)", "Withdraw the proposal");
        var pages = (context.getBean(PolicyProposals.class).countDifferences(id) - 1) / 25;
        var shown = new StringBuilder();
        for (int number = 0; number <= pages; number++) {
            shown.append(proposal(id + "?page=" + number, petra));
        }
        assertThat(shown).contains(change.value(), "days 7", "days 5");
        assertThat(proposal(id, paulsLogin)).contains("Withdraw the proposal");
        assertThat(browser.perform(get("/").with(user(petra)))
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .contains("/policies/proposals/" + id);
        walk.doneBy(PolicyChange.DECIDE_POLICY, petra, Map.of("decision", "approve", "comment", "as discussed"));
        settlement.settle(id, change);
        assertThat(proposal(id, petra)).contains("in force", "as discussed", "What became of open changes");
        assertThat(browser.perform(get("/changes/" + change).with(user(petra)))
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .contains("New policies while it was open", "It keeps version", id.value());
        assertThat(browser.perform(get("/policies").with(user(petra)))
                        .andReturn()
                        .getResponse()
                        .getContentAsString())
                .contains("approved by Test " + petra);
        browser.perform(get("/policies/proposals/POL-999999999").with(author)).andExpect(status().isNotFound());
        browser.perform(post("/policies/proposals/" + id + "/withdraw")
                        .param("reason", "x")
                        .with(user(petra))
                        .with(csrf()))
                .andExpect(status().isForbidden());
    }

    private String proposal(Object id, String login) throws Exception {
        return browser.perform(get("/policies/proposals/" + id).with(user(login)))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
    }
}
