package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.Scene;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class GroupsAndPeopleApiTest {

    private static final String GROUP = """
            {"id": "%s", "name": "%s", "owner": "nobody", "zone": "Europe/Berlin", "deployer": "simulator",
             "verifier": "simulator"}""";

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    ApplicationContext context;

    private final String id = "g-" + UUID.randomUUID();
    private Caller manager;
    private Caller administrator;

    @BeforeEach
    void askForTokens() {
        manager = new Caller(http, people.token(people.someone("change-manager")));
        administrator = new Caller(http, people.token(people.someone("camunda-admin")));
    }

    @Test
    void keepsAMaintenanceGroupUntilSomethingBelongsToIt() {
        assertThat(manager.post("/maintenance-groups", GROUP.formatted(id, "One"))
                        .getStatusCode()
                        .value())
                .isEqualTo(201);
        assertThat(manager.put("/maintenance-groups/" + id, GROUP.formatted(id, "Two"))
                        .getBody()
                        .path("name")
                        .asText())
                .isEqualTo("Two");
        assertThat(manager.get("/maintenance-groups/" + id)
                        .getBody()
                        .path("zone")
                        .asText())
                .isEqualTo("Europe/Berlin");
        assertThat(manager.delete("/maintenance-groups/" + id).getStatusCode().value())
                .isEqualTo(204);
        assertThat(manager.get("/maintenance-groups/" + id).getStatusCode().value())
                .isEqualTo(404);
        var used = new Scene(context).affected("alpha").group;
        var refused = manager.delete("/maintenance-groups/" + used);
        assertThat(refused.getStatusCode().value()).isEqualTo(409);
        assertThat(refused.getBody().path("detail").asText()).contains("stays");
    }

    @Test
    void aGroupsIdNeverChanges() {
        manager.post("/maintenance-groups", GROUP.formatted(id, "One"));
        assertThat(manager.put("/maintenance-groups/" + id, GROUP.formatted(id + "x", "One"))
                        .getStatusCode()
                        .value())
                .isEqualTo(400);
        assertThat(manager.put("/maintenance-groups/" + id + "x", GROUP.formatted(id + "x", "One"))
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cab", "auditor", "patch-coordinator", "implementer"})
    void othersKeepNeitherGroupsNorPeople(String group) {
        var login = people.someone(group);
        var caller = new Caller(http, people.token(login));
        assertThat(caller.post("/maintenance-groups", GROUP.formatted(id, "One"))
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(caller.delete("/maintenance-groups/" + id).getStatusCode().value())
                .isEqualTo(403);
        assertThat(caller.post("/people", "{\"login\": \"x\", \"name\": \"x\", \"mail\": \"x@x\"}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(caller.put("/people/" + login + "/memberships/cab", "{}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(caller.put("/people/" + login + "/enabled", "{\"enabled\": true}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(caller.get("/people").getStatusCode().value()).isEqualTo(group.equals("auditor") ? 200 : 403);
    }

    @Test
    void aDisabledPersonIsOutAtTheNextRequest() {
        var login = people.someone("tester");
        var token = new Caller(http, people.token(login));
        assertThat(token.get("/changes").getStatusCode().value()).isEqualTo(200);
        assertThat(administrator
                        .put("/people/" + login + "/enabled", "{\"enabled\": false}")
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
        assertThat(token.get("/changes").getStatusCode().value()).isEqualTo(401);
    }

    @Test
    void listsPeoplePageByPage() {
        var page = administrator.get("/people?size=2").getBody();
        assertThat(page.path("items")).hasSize(2);
        assertThat(page.path("total").asInt()).isGreaterThan(2);
    }

    @Test
    void nobodyGrantsThemselvesNorStandsInByTheirOwnWord() {
        var root = people.someone("camunda-admin");
        var caller = new Caller(http, people.token(root));
        assertThat(caller.put("/people/" + root + "/memberships/cab", "{}")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        var refused = caller.post("/people/" + people.someone("cab") + "/substitutions", """
                {"substitute": "%s", "from": "2026-01-01T00:00:00Z", "to": "2036-01-01T00:00:00Z"}""".formatted(root));
        assertThat(refused.getStatusCode().value()).isEqualTo(403);
        assertThat(refused.getBody().path("detail").asText()).contains("substitute");
    }
}
