package org.patchboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Somebody signed in through the sign-in page, working with our API and with Tasklist's own REST in that session, the
 * way their browser would.
 */
public final class PersonAtWork {

    /** An open task this person may see. */
    public record Task(String id, String key, String assignee) {}

    /** Status and body of an answer. */
    public record Answer(int status, String body) {

        public Answer orFail() {
            if (status >= 300) {
                throw new AssertionError(status + ": " + body);
            }
            return this;
        }

        public JsonNode json() {
            try {
                return JSON.readTree(orFail().body);
            } catch (JsonProcessingException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final String TASKLIST = "/camunda/api/engine/engine/default";

    private final String login;
    private final URI address;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(cookies).build();
    private String pageToken = "";
    private String apiToken = "";

    private PersonAtWork(String login, URI address) {
        this.login = login;
        this.address = address;
    }

    public static PersonAtWork signIn(URI address, String login, String password) {
        var person = new PersonAtWork(login, address);
        person.post("/login", Map.of("username", login, "password", password));
        person.get("/camunda/app/tasklist/default/");
        return person;
    }

    /** Of somebody whose first password was given by an administrator: they take one of their own at once. */
    public static PersonAtWork signInFirst(URI address, String login, String given, String own) {
        var person = new PersonAtWork(login, address);
        person.post("/login", Map.of("username", login, "password", given));
        person.post("/people/me/password", Map.of("old", given, "wanted", own));
        person.get("/camunda/app/tasklist/default/").orFail();
        return person;
    }

    /** From now on calls of our API carry a token this person made for themselves. */
    public void authorize(String password) {
        var basic = Base64.getEncoder().encodeToString((login + ":" + password).getBytes(StandardCharsets.UTF_8));
        var made = send(HttpRequest.newBuilder(address.resolve("/api/v1/people/me/tokens"))
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\": \"script\", \"expires\": \"%s\"}"
                        .formatted(Instant.now().plus(Duration.ofDays(1))))));
        apiToken = made.json().path("token").asText();
    }

    /** A file, as it is. */
    public Answer upload(String path, String content) {
        return send(request(path)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofString(content)));
    }

    public String login() {
        return login;
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public byte[] download(String path) {
        try {
            return http.send(request(path).GET().build(), BodyHandlers.ofByteArray())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** One of our forms, with the token that the page before it carried. */
    public Answer post(String path, Map<String, String> fields) {
        var page = get(path).body();
        var found = TOKEN.matcher(page);
        if (found.find()) {
            pageToken = found.group(1);
        }
        var all = new LinkedHashMap<>(fields);
        all.put("_csrf", pageToken);
        var body = all.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    public Answer call(String method, String path, Object body) {
        try {
            return send(request(path)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Tasks that are this person's or wait for one of their groups, of one change. */
    public List<Task> tasks(String change) {
        var found = get(TASKLIST + "/task?maxResults=50&processInstanceBusinessKey=" + change)
                .json();
        return StreamSupport.stream(found.spliterator(), false)
                .map(task -> new Task(
                        task.path("id").asText(),
                        task.path("taskDefinitionKey").asText(),
                        task.path("assignee").asText("null")))
                .filter(task -> List.of("null", login).contains(task.assignee()))
                .toList();
    }

    /** What the task's form shows. */
    public JsonNode form(Task task) {
        var variables = get(TASKLIST + "/task/" + task.id() + "/form-variables?deserializeValues=false")
                .json();
        try {
            return JSON.readTree(variables.path("summary").path("value").asText("{}"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Claims the task when nobody has it. */
    public Answer claim(Task task) {
        return task.assignee().equals(login)
                ? new Answer(204, "")
                : call("POST", TASKLIST + "/task/" + task.id() + "/claim", Map.of("userId", login));
    }

    public Answer submit(Task task, Map<String, Object> answers) {
        var variables = new LinkedHashMap<String, Object>();
        answers.forEach((name, value) -> variables.put(name, Map.of("value", value)));
        return call("POST", TASKLIST + "/task/" + task.id() + "/submit-form", Map.of("variables", variables));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(90));
        if (path.startsWith("/api/")) {
            request.header("Authorization", "Bearer " + apiToken);
        }
        cookie("XSRF-TOKEN").ifPresent(token -> request.header("X-XSRF-TOKEN", token));
        return request;
    }

    private Optional<String> cookie(String name) {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(cookie -> cookie.getValue())
                .findFirst();
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
