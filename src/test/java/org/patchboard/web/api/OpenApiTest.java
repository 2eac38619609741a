package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** {@code /api/v1/openapi.json} says what there is: no more, no less. */
@PatchboardTest
class OpenApiTest {

    /** What clients, operators and acceptance checks rely on. */
    private static final Set<String> PROMISED = Set.of(
            "POST /api/v1/inventory/imports",
            "POST /api/v1/scans/imports",
            "POST /api/v1/feeds/{feed}/imports",
            "GET /api/v1/assets",
            "GET /api/v1/assets/{id}",
            "GET /api/v1/findings",
            "GET /api/v1/vulnerabilities/{cve}",
            "POST /api/v1/changes",
            "GET /api/v1/changes",
            "GET /api/v1/changes/{id}",
            "GET /api/v1/changes/{id}/plan",
            "GET /api/v1/changes/{id}/votes",
            "GET /api/v1/changes/{id}/rings",
            "GET /api/v1/changes/{id}/hosts",
            "GET /api/v1/changes/{id}/receipts",
            "GET /api/v1/changes/{id}/timeline",
            "GET /api/v1/changes/{id}/waiting",
            "GET /api/v1/changes/{id}/evidence",
            "POST /api/v1/changes/{id}/halt",
            "POST /api/v1/changes/{id}/resume",
            "POST /api/v1/changes/{id}/roll-back",
            "GET /api/v1/windows",
            "POST /api/v1/windows",
            "PUT /api/v1/windows/{id}",
            "DELETE /api/v1/windows/{id}",
            "GET /api/v1/freezes",
            "POST /api/v1/freezes",
            "PUT /api/v1/freezes/{id}",
            "DELETE /api/v1/freezes/{id}",
            "GET /api/v1/maintenance-groups",
            "POST /api/v1/maintenance-groups",
            "PUT /api/v1/maintenance-groups/{id}",
            "DELETE /api/v1/maintenance-groups/{id}",
            "GET /api/v1/calendar.ics",
            "GET /api/v1/exceptions",
            "POST /api/v1/what-if",
            "GET /api/v1/people",
            "POST /api/v1/people",
            "PUT /api/v1/people/{login}/memberships/{group}",
            "DELETE /api/v1/people/{login}/memberships/{group}",
            "POST /api/v1/people/{login}/substitutions",
            "POST /api/v1/people/me/tokens",
            "GET /api/v1/audit/events",
            "GET /api/v1/audit/verification",
            "GET /api/v1/audit/checkpoints");

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    RequestMappingHandlerMapping requestMappingHandlerMapping;

    private JsonNode document;

    @BeforeEach
    void read() {
        document = new Caller(http, people.token(people.someone("implementer")))
                .get("/openapi.json")
                .getBody();
    }

    @Test
    void describesEveryHandlerAndNothingElse() {
        assertThat(described()).isEqualTo(registered());
    }

    @Test
    void keepsWhatWasPromised() {
        assertThat(described()).containsAll(PROMISED);
    }

    @Test
    void declaresHowEachOperationRefuses() {
        var silent = new ArrayList<String>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                    var responses = operation.getValue().path("responses");
                    for (var status : new String[] {"400", "401", "403"}) {
                        if (!responses.path(status).path("content").has("application/problem+json")) {
                            silent.add(operation.getKey() + " " + path.getKey() + " " + status);
                        }
                    }
                    if (path.getKey().contains("{") && !responses.has("404")) {
                        silent.add(operation.getKey() + " " + path.getKey() + " 404");
                    }
                }));
        assertThat(silent).isEmpty();
        assertThat(document.path("components").path("schemas").has("Problem")).isTrue();
    }

    @Test
    void declaresTheStatusOfSuccessOnce() {
        var wrong = new ArrayList<String>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                    var good = new TreeSet<String>();
                    operation.getValue().path("responses").fieldNames().forEachRemaining(status -> {
                        if (status.startsWith("2")) {
                            good.add(status);
                        }
                    });
                    if (good.size() != 1) {
                        wrong.add(operation.getKey() + " " + path.getKey() + " " + good);
                    }
                }));
        assertThat(wrong).isEmpty();
    }

    @Test
    void aRefusalLooksAsDeclared() {
        var stranger = new Caller(http, "pbt_nonsense").call(HttpMethod.GET, "/changes", null);
        assertThat(stranger.getStatusCode().value()).isEqualTo(401);
        assertThat(stranger.getHeaders().getContentType()).hasToString("application/problem+json");
        assertThat(stranger.getBody().path("detail").asText()).isNotBlank();
    }

    private Set<String> described() {
        var found = new TreeSet<String>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> found.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return found;
    }

    private Set<String> registered() {
        return requestMappingHandlerMapping.getHandlerMethods().entrySet().stream()
                .filter(handler -> handler.getValue().getBeanType().getName().startsWith("org.patchboard."))
                .flatMap(handler -> handler.getKey().getPatternValues().stream()
                        .filter(pattern -> pattern.startsWith("/api/"))
                        .flatMap(pattern -> handler.getKey().getMethodsCondition().getMethods().stream()
                                .map(method -> method.name() + " " + pattern)))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
