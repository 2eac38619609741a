package org.patchboard.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Calls the API and Tasklist's REST in one person's name, as their browser would. */
final class Colleague {

    /** An open task this person may see. */
    record Task(String id, String key, String assignee) {}

    private final String login;
    private final RestClient http;

    Colleague(String login, String token, URI server) {
        this.login = login;
        var requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(Duration.ofSeconds(5));
        requests.setReadTimeout(Duration.ofSeconds(60));
        http = RestClient.builder()
                .requestFactory(requests)
                .baseUrl(server.toString())
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .build();
    }

    String login() {
        return login;
    }

    void post(String path, Object body) {
        http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .toBodilessEntity();
    }

    /** A file, as {@code curl --data-binary} would send it. */
    void send(String path, String content) {
        http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(content.getBytes(StandardCharsets.UTF_8))
                .retrieve()
                .toBodilessEntity();
    }

    JsonNode get(String path, Object... values) {
        var answer = http.get().uri(path, values).retrieve().body(JsonNode.class);
        if (answer == null) {
            throw new IllegalStateException(path + " answered nothing");
        }
        return answer;
    }

    /** Tasks that are this person's or wait for one of their groups. */
    List<Task> tasks() {
        return StreamSupport.stream(get("/engine-rest/task?maxResults=100").spliterator(), false)
                .map(task -> new Task(
                        task.path("id").asText(),
                        task.path("taskDefinitionKey").asText(),
                        task.path("assignee").asText("")))
                .toList();
    }

    /** What the form of a task shows; empty when the task has ended meanwhile. */
    Optional<JsonNode> form(Task task) {
        return Optional.ofNullable(http.get()
                .uri("/engine-rest/task/{id}/form-variables?deserializeValues=false", task.id())
                .exchange((request, response) ->
                        response.getStatusCode().is2xxSuccessful() ? response.bodyTo(JsonNode.class) : null));
    }

    /** @return whether the answers were taken; what is refused is refused to this person for good */
    boolean complete(Task task, Map<String, Object> answers) {
        if (task.assignee().isEmpty() && !accepted("/engine-rest/task/{id}/claim", task, Map.of("userId", login))) {
            return false;
        }
        var variables = new LinkedHashMap<String, Object>();
        answers.forEach((name, value) -> variables.put(name, Map.of("value", value)));
        return accepted("/engine-rest/task/{id}/submit-form", task, Map.of("variables", variables));
    }

    private boolean accepted(String path, Task task, Object body) {
        return Boolean.TRUE.equals(http.post()
                .uri(path, task.id())
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange((request, response) -> response.getStatusCode().is2xxSuccessful()));
    }
}
