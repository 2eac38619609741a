package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringReader;
import java.util.UUID;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.Component;
import net.fortuna.ical4j.model.component.VEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

@PatchboardTest
class CalendarApiTest {

    private static final String NIGHTLY = """
            {"name": "%s", "zone": "Europe/Berlin", "start": "2027-03-20T01:00", "duration": "PT3H",
             "rrule": "FREQ=DAILY", "exdates": ["2027-03-21T01:00"], "scope": {"tag": "%s"}}""";

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    private final String tag = "tag-" + UUID.randomUUID();
    private String manager;
    private String reader;

    @BeforeEach
    void askForTokens() {
        manager = people.token(people.someone("change-manager"));
        reader = people.token(people.someone("implementer"));
    }

    private ResponseEntity<JsonNode> call(String token, HttpMethod method, String path, @Nullable String body) {
        return http.exchange("/api/v1" + path, method, new HttpEntity<>(body, headers(token)), JsonNode.class);
    }

    private static HttpHeaders headers(String token) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(token);
        headers.setContentType(MediaType.APPLICATION_JSON);
        return headers;
    }

    private long add(String path, String body) {
        var added = call(manager, HttpMethod.POST, path, body);
        assertThat(added.getStatusCode().value()).as("%s", added.getBody()).isEqualTo(201);
        return added.getBody().path("id").asLong();
    }

    @Test
    void keepsAWindowAsItWasEntered() {
        var id = add("/windows", NIGHTLY.formatted(tag, tag));
        var window = call(reader, HttpMethod.GET, "/windows/" + id, null).getBody();
        assertThat(window.path("start").asText()).isEqualTo("2027-03-20T01:00");
        assertThat(window.path("duration").asText()).isEqualTo("PT3H");
        assertThat(window.path("zone").asText()).isEqualTo("Europe/Berlin");
        assertThat(window.path("exdates").get(0).asText()).isEqualTo("2027-03-21T01:00");
        assertThat(window.path("scope").path("tag").asText()).isEqualTo(tag);
        assertThat(window.path("permits")).isEmpty();

        var changed = call(
                manager,
                HttpMethod.PUT,
                "/windows/" + id,
                NIGHTLY.formatted(tag, tag).replace("PT3H", "PT4H"));
        assertThat(changed.getBody().path("duration").asText()).isEqualTo("PT4H");
        assertThat(call(manager, HttpMethod.DELETE, "/windows/" + id, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(204);
        assertThat(call(reader, HttpMethod.GET, "/windows/" + id, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
    }

    @Test
    void aWindowIsNoFreeze() {
        var id = add("/windows", NIGHTLY.formatted(tag, tag));
        assertThat(call(manager, HttpMethod.DELETE, "/freezes/" + id, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
    }

    @Test
    void onlyChangeManagersAndAdministratorsKeepTheCalendar() {
        var body = NIGHTLY.formatted(tag, tag);
        var refused = call(reader, HttpMethod.POST, "/freezes", body);
        assertThat(refused.getStatusCode().value()).isEqualTo(403);
        assertThat(refused.getBody().path("detail").asText()).contains("change manager");
        assertThat(call(people.token(people.someone("camunda-admin")), HttpMethod.POST, "/freezes", body)
                        .getStatusCode()
                        .value())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"2027-03-20T01:00\" | \"2027-03-28T02:30\"          | does not exist",
                "\"2027-03-20T01:00\" | \"tomorrow\"                  | start is not like",
                "\"PT3H\"             | \"three hours\"               | duration is not like",
                "\"PT3H\"             | \"PT0S\"                      | longer than nothing",
                "Europe/Berlin        | Europe/Atlantis               | time zone",
                "FREQ=DAILY           | FREQ=SOMETIMES                | RFC 5545",
                "{\"tag\":            | {\"all\": true, \"tag\":      | exactly one",
                "{\"tag\":            | {\"maintenanceGroup\":        | There is no maintenance-group",
                "\"zone\":            | \"zoone\":                    | zone is missing"
            })
    void saysWhatIsWrong(String right, String wrong, String sentence) {
        var body = NIGHTLY.formatted(tag, tag);
        assertThat(body).contains(right);
        var answer = call(manager, HttpMethod.POST, "/windows", body.replace(right, wrong));
        assertThat(answer.getStatusCode().is4xxClientError())
                .as("%s", answer.getBody())
                .isTrue();
        assertThat(answer.getBody().path("detail").asText()).contains(sentence);
    }

    @Test
    void canBeSubscribedTo() throws Exception {
        var id = add("/windows", NIGHTLY.formatted(tag, tag));
        var freeze = add("/freezes", NIGHTLY.formatted("Year end; no changes, please", tag));
        var answer =
                http.exchange("/api/v1/calendar.ics", HttpMethod.GET, new HttpEntity<>(headers(reader)), String.class);
        assertThat(answer.getHeaders().getContentType()).hasToString("text/calendar;charset=UTF-8");
        var calendar = new CalendarBuilder().build(new StringReader(answer.getBody()));
        assertThat(calendar.getComponents(Component.VTIMEZONE)).isNotEmpty();
        assertThat(answer.getBody())
                .contains(
                        "UID:window-" + id + "@patchboard", "UID:freeze-" + freeze + "@patchboard", "RRULE:FREQ=DAILY");
        var window = calendar.<VEvent>getComponents(Component.VEVENT).stream()
                .filter(event -> event.getUid().orElseThrow().getValue().equals("window-" + id + "@patchboard"))
                .findFirst()
                .orElseThrow();
        assertThat(window.toString().split("DTSTAMP")).as("one time stamp").hasSize(2);
        assertThat(window.toString())
                .contains("DTSTART;TZID=Europe/Berlin:20270320T010000", "EXDATE;TZID=Europe/Berlin:20270321T010000");
    }
}
