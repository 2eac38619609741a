package org.patchboard.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.patchboard.identity.Directory;
import org.patchboard.identity.FirstAdministrator;
import org.patchboard.identity.People;
import org.patchboard.identity.Tokens;
import org.patchboard.shared.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** Makes the demonstration at the first start; at later ones it is there already. */
@Component
@Profile("demo")
class Demonstration {

    private static final Logger LOG = LoggerFactory.getLogger(Demonstration.class);
    private static final Actor ACTOR = Actor.system("demonstration");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TOKEN = "demonstration";
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Directory directory;
    private final People people;
    private final Tokens tokens;
    private final FirstAdministrator administrator;
    private final ObjectMapper json;
    private final Clock clock;
    private final WebServerApplicationContext server;
    private final Map<String, Colleague> colleagues = new LinkedHashMap<>();
    private final Set<String> refused = new HashSet<>();

    Demonstration(
            Directory directory,
            People people,
            Tokens tokens,
            FirstAdministrator administrator,
            ObjectMapper json,
            Clock clock,
            WebServerApplicationContext server) {
        this.directory = directory;
        this.people = people;
        this.tokens = tokens;
        this.administrator = administrator;
        this.json = json;
        this.clock = clock;
        this.server = server;
    }

    /** In the demonstration the first administrator has the password of everybody else. */
    @Configuration(proxyBeanMethods = false)
    @Profile("demo")
    static class Beginning {
        @Bean
        FirstAdministrator firstAdministrator(Environment environment) {
            var given = environment.getProperty("PATCHBOARD_DEMO_PASSWORD", "");
            return new FirstAdministrator(
                    Cast.ADMINISTRATOR,
                    "Robin Root",
                    given.isEmpty() ? Directory.randomPassword() : given,
                    given.isEmpty(),
                    false);
        }
    }

    /** Beside the start: the sign-in page is there at once, the board fills within a minute. */
    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        if (people.person("ana").isPresent()) {
            return;
        }
        var thread = new Thread(this::make, "demonstration");
        thread.setDaemon(true);
        thread.start();
    }

    private void make() {
        try {
            var began = clock.instant();
            people();
            Cast.ALL.forEach(this::join);
            estate();
            until(this::settled);
            governance();
            until(this::carried);
            colleagues.keySet().forEach(this::leave);
            LOG.info(
                    "The demonstration is ready after {} seconds.",
                    Duration.between(began, clock.instant()).toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("The demonstration is incomplete. Delete the data folder to begin anew.", e);
        }
    }

    private void people() {
        // A password takes a fifth of a second to hash, on purpose.
        Cast.ALL.parallelStream()
                .filter(person -> !person.login().equals(Cast.ADMINISTRATOR))
                .forEach(this::add);
        if (administrator.printed()) {
            LOG.warn("Everybody of the demonstration has the password {}", administrator.password());
        }
    }

    private void add(Cast person) {
        directory.add(
                person.login(), person.name(), person.mail(), "Europe/Berlin", administrator.password(), false, ACTOR);
        person.teams().forEach(team -> directory.grant(person.login(), team, null, null, ACTOR));
    }

    private void join(Cast person) {
        var token = tokens.make(person.login(), TOKEN, clock.instant().plus(PATIENCE.multipliedBy(2)));
        var port = server.getWebServer().getPort();
        colleagues.put(person.login(), new Colleague(person.login(), token, URI.create("http://127.0.0.1:" + port)));
    }

    private void leave(String login) {
        tokens.of(login).stream()
                .filter(token -> token.name().equals(TOKEN) && !token.revoked())
                .forEach(token -> tokens.revoke(login, token.id()));
    }

    private void estate() throws IOException {
        var root = colleague(Cast.ADMINISTRATOR);
        for (var group : Estate.GROUPS) {
            root.post(
                    "/api/v1/maintenance-groups",
                    Map.of(
                            "id", group.id(),
                            "name", group.name(),
                            "owner", "olga",
                            "zone", group.zone(),
                            "deployer", group.deployer(),
                            "verifier", group.verifier()));
        }
        for (var window : Estate.windows()) {
            colleague("maya").post("/api/v1/windows", window);
        }
        var ana = colleague("ana");
        ana.send("/api/v1/feeds/nvd/imports", resource("nvd.json"));
        ana.send("/api/v1/feeds/vulnrichment/imports", resource("vulnrichment.json"));
        ana.send("/api/v1/feeds/epss/imports", resource("epss.csv"));
        ana.send("/api/v1/feeds/kev/imports", resource("kev.json"));
        ana.send("/api/v1/inventory/imports?source=csv", Estate.csv());
        for (var scan : Estate.scans()) {
            ana.send(
                    "/api/v1/scans/imports?source=trivy&asset=" + scan.asset(), json.writeValueAsString(scan.report()));
        }
    }

    /** Lets everybody do what is theirs; whether every change has come as far as its story goes. */
    private boolean settled() {
        var changes = changes();
        for (var person : Cast.ALL) {
            var colleague = colleague(person.login());
            for (var task : colleague.tasks()) {
                work(colleague, task, changes);
            }
        }
        return Story.ALL.stream()
                .allMatch(story -> changes().values().stream()
                        .anyMatch(change -> story.tells(change)
                                && change.path("state").asText().equals(story.end())));
    }

    /** What stands beside the changes: a risk that is carried, one that is asked about, a policy to be decided on. */
    private void governance() throws IOException {
        for (var request : Carried.ALL) {
            var change = changes().entrySet().stream()
                    .filter(it -> request.isAbout(it.getValue()))
                    .findFirst()
                    .orElseThrow();
            colleague(request.login()).post("/api/v1/exceptions", request.asked(change.getKey(), clock.instant()));
        }
        var table = new ClassPathResource("processes/deadline-organisation.dmn").getContentAsString(UTF_8);
        colleague("paul")
                .post(
                        "/api/v1/policies/deadline-organisation/proposals",
                        Map.of(
                                "dmn",
                                        table.replace("<text>30</text>", "<text>21</text>")
                                                .replace("within 30 days", "within 21 days"),
                                "reason", "Last year's high findings were exploited after 24 days in the median.",
                                "openChanges", "pin"));
    }

    /** Whether the risk that is to be carried is carried. */
    private boolean carried() {
        settled();
        return colleague("aude").get("/api/v1/exceptions").path("total").asInt() > 0;
    }

    private Map<String, JsonNode> changes() {
        var changes = new LinkedHashMap<String, JsonNode>();
        for (var change : colleague("aude").get("/api/v1/changes?size=100").path("items")) {
            changes.put(change.path("id").asText(), change);
        }
        return changes;
    }

    private void work(Colleague colleague, Colleague.Task task, Map<String, JsonNode> changes) {
        var attempt = colleague.login() + " " + task.id();
        if (!List.of("", colleague.login()).contains(task.assignee()) || refused.contains(attempt)) {
            return;
        }
        var summary = summary(colleague, task);
        var change = changes.get(summary.path("change").path("id").asText());
        Story.ALL.stream()
                .filter(story -> change != null && story.tells(change))
                .filter(story -> story.goesOn(task.key(), colleague.login()))
                .findFirst()
                .map(story -> story.answers(task.key(), summary))
                .filter(answers -> !colleague.complete(task, answers))
                .ifPresent(answers -> refused.add(attempt));
    }

    private JsonNode summary(Colleague colleague, Colleague.Task task) {
        try {
            return json.readTree(colleague
                    .form(task)
                    .map(form -> form.path("summary").path("value").asText())
                    .orElse("{}"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the form of " + task.key() + " cannot be read", e);
        }
    }

    private Colleague colleague(String login) {
        return Optional.ofNullable(colleagues.get(login)).orElseThrow();
    }

    private static String resource(String name) throws IOException {
        return new ClassPathResource("demo/" + name).getContentAsString(UTF_8);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the changes did not come as far as they should");
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }
}
