package org.patchboard.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.WebSession;
import org.patchboard.identity.Directory;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who gets in, by which way, and what somebody who does not is told. */
@PatchboardTest
class DoorTest {

    private static final Pattern NONCE_OF_HEADER = Pattern.compile("'nonce-([^']+)'");
    private static final Pattern NONCE_OF_PAGE = Pattern.compile("nonce=\"([^\"]+)\"");

    @LocalServerPort
    int port;

    @Autowired
    TestPeople people;

    @Autowired
    Directory directory;

    @Autowired
    JdbcClient jdbc;

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/engine-rest/engine",
                "/engine-rest/task",
                "/engine-rest/process-definition",
                "/engine-rest/process-instance",
                "/engine-rest/deployment",
                "/engine-rest/history/process-instance",
                "/engine-rest/user",
                "/engine-rest/authorization",
                "/engine-rest/filter",
                "/engine-rest/job",
                "/engine-rest/version",
                "/engine-rest/telemetry/configuration",
                "/camunda/api/engine/engine/default/task",
                "/camunda/api/admin/plugin/adminPlugins/default/metrics/aggregated",
                "/camunda/api/cockpit/plugin/base/default/process-definition/statistics",
                "/api/v1/changes",
                "/api/v1/openapi.json",
                "/api/v1/audit/events",
                "/actuator/prometheus"
            })
    void aStrangerGetsNothing(String path) throws Exception {
        var answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//engine-rest/task",
                "/engine-rest//task",
                "/engine-rest;a=b/task",
                "/%65ngine-rest/task",
                "/x/../engine-rest/task",
                "/x/%2e%2e/engine-rest/task",
                "/engine-rest/%2e/task",
                "/engine-rest%2ftask",
                "/%61pi/v1/changes",
                "/api/v1/;/changes",
                "/%63amunda/api/engine/engine/default/task",
                "/css/../changes",
                "/css/%2e%2e/changes",
                "/login/../changes",
                "/actuator/health/../prometheus"
            })
    void noWayOfWritingAnAddressOpensIt(String path) throws Exception {
        // A client of the library's would put the address right; this one sends it as it is.
        try (var socket = new Socket("localhost", port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer.split(" ", 3)[1])
                    .as(answer.lines().limit(12).toList().toString())
                    .isIn("302", "400", "401", "404");
        }
    }

    @Test
    void theSetUpIsShutHoweverItsAddressIsWritten() {
        var session = WebSession.of(address(), people.someoneWithPassword("camunda-admin"), "cockpit");
        for (var path : new String[] {
            "/camunda/api/admin/setup/default/user/create", "/camunda/api/admin/%73etup/default/user/create"
        }) {
            var answer = session.send(
                    "POST",
                    path,
                    "{\"profile\":{\"id\":\"mallory\"},\"credentials\":{\"password\":\"Long-Enough-1234\"}}",
                    "application/json");
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.body()).contains("shut for you");
        }
    }

    @Test
    void theMachineShowsNobodyItsInside() throws Exception {
        var administrator = WebSession.of(address(), people.someoneWithPassword("camunda-admin"), "cockpit");
        for (var inside :
                new String[] {"env", "heapdump", "loggers", "beans", "configprops", "threaddump", "mappings", "shutdown"
                }) {
            assertThat(get("/actuator/" + inside).statusCode()).as(inside).isIn(302, 401, 404);
            assertThat(administrator
                            .send("GET", "/actuator/" + inside, null, "application/json")
                            .statusCode())
                    .as(inside)
                    .isEqualTo(404);
        }
    }

    @Test
    void healthTellsAStrangerNothingButThatItIsWell() throws Exception {
        assertThat(get("/actuator/health").body()).contains("\"status\"").doesNotContain("components", "PostgreSQL");
    }

    @Test
    void aRequestThatAnotherSiteForgesDoesNothing() throws Exception {
        var login = people.someoneWithPassword("cab");
        var session = WebSession.of(address(), login, "tasklist");
        var forged = session.sendWithoutTokens("POST", "/people/me/tokens", "name=theirs");
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(jdbc.sql("select count(*) from api_token t join person p on p.id = t.person where p.login = ?")
                        .param(login)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(session.sendWithoutTokens("POST", "/camunda/api/engine/engine/default/task/count", "{}")
                        .statusCode())
                .isIn(401, 403, 415);
    }

    @Test
    void signingInChangesTheSessionAndItsCookieIsOutOfReachOfScripts() {
        var session = WebSession.of(address(), people.someoneWithPassword("cab"), "tasklist");
        assertThat(session.idBefore()).isNotEmpty().isNotEqualTo(session.idAfter());
        assertThat(session.cookieAfter()).contains("HttpOnly", "SameSite=Lax");
    }

    @Test
    void aSessionEndsWithThePersonAndARoleWithTheNextRequest() {
        var login = people.someoneWithPassword("auditor", "tester");
        var session = WebSession.of(address(), login, "cockpit");
        assertThat(session.send("GET", "/audit", null, "text/html").statusCode())
                .isEqualTo(200);
        directory.revoke(login, "auditor", Actor.system("test"));
        assertThat(session.send("GET", "/audit", null, "text/html").statusCode())
                .isEqualTo(403);
        directory.enable(login, false, Actor.system("test"));
        assertThat(session.send("GET", "/camunda/api/engine/engine/default/task", null, "application/json")
                        .statusCode())
                .isEqualTo(401);
        assertThat(session.send("GET", "/changes", null, "text/html").statusCode())
                .isEqualTo(302);
    }

    @Test
    void everyPageOpenedAtTheSameMomentCarriesTheNonceOfItsOwnHeader() throws Exception {
        var session = WebSession.of(address(), people.someoneWithPassword("cab"), "tasklist");
        Callable<String> load = () -> {
            var page = session.send("GET", "/camunda/app/tasklist/default/", null, "text/html");
            var header = NONCE_OF_HEADER.matcher(
                    page.headers().firstValue("Content-Security-Policy").orElse(""));
            var written = NONCE_OF_PAGE.matcher(page.body());
            assertThat(header.find() && written.find()).as(page.body()).isTrue();
            return header.group(1).equals(written.group(1)) ? "same" : "another";
        };
        var pool = Executors.newFixedThreadPool(20);
        try {
            for (var answer : pool.invokeAll(Collections.nCopies(100, load))) {
                assertThat(answer.get()).isEqualTo("same");
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void passwordsThatEverybodyKnowsOpenNothing() throws Exception {
        for (var known : new String[] {"admin:admin", "demo:demo", "root:root", "camunda:camunda", "admin:"}) {
            var request = HttpRequest.newBuilder(URI.create(address() + "/engine-rest/task"))
                    .header(
                            "Authorization",
                            "Basic " + Base64.getEncoder().encodeToString(known.getBytes(StandardCharsets.UTF_8)))
                    .build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .as(known)
                    .isEqualTo(401);
        }
    }

    @Test
    void nobodyAsksForEverythingAtOnce() throws Exception {
        var token = people.token(people.someone("auditor"));
        var request = HttpRequest.newBuilder(URI.create(address() + "/engine-rest/history/activity-instance"))
                .header("Authorization", "Bearer " + token)
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }

    @Test
    void aBodyWhoseLengthIsNotToldIsCutOffToo() throws Exception {
        var token = people.token(people.someone("cab"));
        var large = ("{\"name\":\"" + "x".repeat(3 * 1024 * 1024) + "\"}").getBytes(StandardCharsets.US_ASCII);
        var request = HttpRequest.newBuilder(URI.create(address() + "/engine-rest/task"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(address() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String address() {
        return "http://localhost:" + port;
    }
}
