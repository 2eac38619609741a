package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.hosts.DebianHosts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Facts of real Debian hosts, asked for through the API. */
@PatchboardTest
class LiveInventoryTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    private String token;
    private String group;

    @BeforeEach
    void signIn() {
        token = people.token(people.someone("patch-coordinator"));
        group = "live-" + UUID.randomUUID();
        jdbc.sql("insert into maintenance_group values (?, 'Live', 'olga', 'UTC', 'ansible', 'dpkg-query')")
                .param(group)
                .update();
    }

    @Test
    void importsWhatHostsSayOfThemselves() {
        DebianHosts.assumeAvailable();
        var debian = DebianHosts.shared();
        debian.install("web1", "pdemo", "1.0");
        var hosts = List.of(
                named("web1", debian.host("web1").address()),
                named("nobody", debian.nobody().address()));
        var first = ask(Map.of("maintenanceGroup", group, "hosts", hosts));
        assertThat(first.getStatusCode().value()).isEqualTo(201);
        assertThat(first.getBody().path("read").asInt()).isOne();
        assertThat(first.getBody().path("rejected"))
                .singleElement()
                .extracting(JsonNode::asText)
                .asString()
                .contains("nobody");
        assertThat(jdbc.sql("""
                        select a.maintenance_group || ' ' || a.os_name || ' ' || v.version || ' ' || a.address
                          from asset a join installed_package i on i.asset = a.id
                          join package_version v on v.id = i.package_version
                         where a.name = 'web1' and v.ecosystem = 'deb' and v.name = 'pdemo'""").query(String.class).single())
                .isEqualTo(group + " Debian 1.0 " + debian.host("web1").address());

        debian.install("web1", "pdemo", "1.1");
        var again = ask(Map.of("maintenanceGroup", group));
        assertThat(again.getBody().path("updated").asInt())
                .as("all hosts of the group that are known: %s", again.getBody())
                .isOne();
        assertThat(jdbc.sql("""
                        select v.version from asset a join installed_package i on i.asset = a.id
                          join package_version v on v.id = i.package_version
                         where a.name = 'web1' and v.name = 'pdemo'""").query(String.class).list()).containsExactly("1.1");
    }

    @Test
    void refusesAQuestionThatNamesNobody() {
        assertThat(ask(Map.of()).getBody().path("detail").asText()).contains("Say which hosts");
        assertThat(ask(Map.of("maintenanceGroup", group))
                        .getBody()
                        .path("detail")
                        .asText())
                .contains("known address");
        assertThat(ask(Map.of("maintenanceGroup", "nowhere")).getStatusCode().value())
                .isEqualTo(404);
        assertThat(ask(Map.of("hosts", List.of(Map.of("name", "stranger-" + UUID.randomUUID()))))
                        .getBody()
                        .path("detail")
                        .asText())
                .contains("address");
    }

    @Test
    void refusesWhatWouldBeAnOptionOnACommandLine() {
        assertThat(ask(Map.of("hosts", List.of(named("-oProxyCommand=x", "198.51.100.1"))))
                        .getStatusCode()
                        .value())
                .isEqualTo(400);
    }

    @Test
    void isNotForAnalysts() {
        token = people.token(people.someone("vulnerability-analyst"));
        assertThat(ask(Map.of("maintenanceGroup", group)).getStatusCode().value())
                .isEqualTo(403);
    }

    private static Map<String, String> named(String name, String address) {
        return Map.of("name", name, "address", address);
    }

    private ResponseEntity<JsonNode> ask(Map<String, ?> question) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(token);
        return http.exchange(
                "/api/v1/inventory/imports?source=ansible",
                HttpMethod.POST,
                new HttpEntity<>(question, headers),
                JsonNode.class);
    }
}
