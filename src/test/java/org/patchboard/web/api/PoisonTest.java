package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Whatever is sent to whichever operation, by people who may: an answer with a sentence, never a fault of ours. */
@PatchboardTest
class PoisonTest {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+}");

    private static final List<String> WORDS = List.of(
            "x",
            "-1",
            "0",
            "999999999999999999999999",
            "CHG-000000",
            "CHG-99999999999999999999",
            "' or 1=1 --",
            "${7*7}",
            "a\u0000b",
            "\u202eevil",
            "../../etc/passwd",
            "x".repeat(3000));

    private static final List<String> BODIES = List.of(
            "",
            "null",
            "[]",
            "7",
            "\"x\"",
            "{",
            "{}",
            "[".repeat(5000),
            "{\"reason\": null}",
            "{\"reason\": \"\\u0000\"}",
            "{\"reason\": 1e999, \"title\": NaN}",
            "{\"reason\": \"\\ud800\", \"title\": \"\\ud800\", \"maintenanceGroup\": \"x\", \"advisory\": \"deb/x\"}",
            "{\"reason\": {\"a\": []}, \"expires\": \"yesterday\", \"from\": 0, \"to\": \"2027-13-01T00:00:00Z\"}",
            "{\"name\": \"x\", \"expires\": \"+1000000000-12-31T23:59:59Z\", \"from\": \"-1000000000-01-01T00:00:00Z\","
                    + " \"to\": \"+1000000000-12-31T23:59:59Z\", \"substitute\": \"x\", \"person\": \"x\"}",
            "{\"name\": \"a\\u0000b\", \"owner\": \"x\", \"zone\": \"UTC\", \"deployer\": \"manual\", \"verifier\": \"report\","
                    + " \"id\": \"poison\"}",
            "{\"name\": \"x\", \"zone\": \"UTC\", \"start\": \"2027-03-20T01:00\", \"duration\": \"PT999999999H\","
                    + " \"rrule\": \"FREQ=SECONDLY\", \"scope\": {\"all\": false}}",
            "{\"login\": \"%s\", \"name\": \"a\\u0000\", \"mail\": \"x@y\"}".formatted("x".repeat(500)));

    private static final List<String> QUERIES = List.of(
            "",
            "?page=2147483647&size=500",
            "?page=x",
            "?size=-5",
            "?sort=%00",
            "?sort=,,,",
            "?from=-999999999-01-01T00:00:00Z&to=%2B999999999-01-01T00:00:00Z",
            "?text=%00",
            "?actor=%00&cve=%00&asset=%00&change=%00&state=%00",
            "?text=%25%5F%5C&state=%27",
            "?inForce=maybe",
            "?source=x&asset=%00");

    @LocalServerPort
    int port;

    @Autowired
    TestRestTemplate rest;

    @Autowired
    TestPeople people;

    @Autowired
    ObjectMapper json;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void nothingThatIsSentMakesAFault() throws Exception {
        var tokens = List.of(
                people.token(people.someone(
                        "change-manager", "patch-coordinator", "vulnerability-analyst", "asset-owner", "on-call")),
                people.token(people.someone("camunda-admin")),
                people.token(people.someone("auditor")));
        var document = json.readTree(
                new Caller(rest, tokens.get(0)).get("/openapi.json").getBody().toString());
        var faults = new ArrayList<String>();
        var sent = 0;
        for (var operation : operations(document)) {
            var reads = operation.startsWith("GET ");
            for (var poison : reads ? QUERIES : BODIES) {
                for (var word : operation.contains("{") ? WORDS : List.of("")) {
                    if (!word.isEmpty() && !word.equals("x") && !poison.isEmpty() && !poison.equals("{}")) {
                        continue; // words and bodies are independent of each other
                    }
                    if (operation.contains("kill-switch") && poison.contains("ud800")) {
                        continue; // a reason, though an odd one: it would stop every roll-out of the other tests
                    }
                    for (var token : tokens) {
                        var answer = send(operation, word, poison, reads, token);
                        sent++;
                        if (answer.statusCode() >= 500 || answer.body().contains("\tat ")) {
                            faults.add("%s %s %s: %d"
                                    .formatted(operation, printable(word), printable(poison), answer.statusCode()));
                            break;
                        }
                    }
                }
            }
        }
        assertThat(faults).isEmpty();
        assertThat(sent).isGreaterThan(1000);
    }

    private HttpResponse<String> send(String operation, String word, String poison, boolean reads, String token)
            throws Exception {
        var words = operation.split(" ", 2);
        var path = PARAMETER
                .matcher(words[1])
                .replaceAll(URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20"));
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path + (reads ? poison : "")))
                .method(
                        words[0],
                        reads || poison.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(poison))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> operations(JsonNode document) {
        var operations = new ArrayList<String>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    private static String printable(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text.replaceAll("\\p{Cntrl}", "?");
    }
}
