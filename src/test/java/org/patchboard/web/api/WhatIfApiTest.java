package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Decision;
import org.patchboard.approval.NewBallot;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class WhatIfApiTest {

    private static final Instant NOW = Instant.parse("2027-03-01T08:00:00Z");

    private static final String ENTRY = """
            {"name": "Supposed", "zone": "UTC", "start": "%s", "duration": "%s", "scope": {"maintenanceGroup": "%s"}}""";

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    ApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Ballots ballots;

    private Caller manager;
    private Scene scene;
    private ChangeId change;

    @BeforeEach
    void openAChangeThatIsDueInAWeek() {
        clock.set(NOW);
        manager = new Caller(http, people.token(people.someone("change-manager")));
        scene = new Scene(context).affected("alpha").window();
        change = scene.record();
        jdbc.sql("update change_record set due_at = ? where id = ?")
                .params(NOW.plus(Duration.ofDays(7)).atOffset(ZoneOffset.UTC), change.value())
                .update();
    }

    private JsonNode ask(String body) {
        var answer = manager.post("/what-if", body);
        assertThat(answer.getStatusCode().value()).as("%s", answer.getBody()).isEqualTo(200);
        return answer.getBody();
    }

    private List<String> late(JsonNode answer) {
        return StreamSupport.stream(answer.path("late").spliterator(), false)
                .map(item -> item.path("change").asText())
                .toList();
    }

    @Test
    void namesTheChangesThatAFreezeWouldMakeLate() {
        var answer = ask("{\"freeze\": " + ENTRY.formatted("2027-03-01T00:00", "P10D", scene.group) + "}");
        assertThat(late(answer)).containsExactly(change.value());
        var item = answer.path("late").get(0);
        assertThat(Instant.parse(item.path("before").asText())).isBefore(NOW.plus(Duration.ofDays(3)));
        assertThat(Instant.parse(item.path("after").asText())).isAfter(NOW.plus(Duration.ofDays(9)));
    }

    @Test
    void aFreezeThatLeavesTimeMakesNothingLate() {
        assertThat(late(ask("{\"freeze\": " + ENTRY.formatted("2027-03-01T00:00", "P4D", scene.group) + "}")))
                .isEmpty();
    }

    @Test
    void nothingThatIsSupposedStays() {
        ask("{\"freeze\": " + ENTRY.formatted("2027-03-01T00:00", "P10D", scene.group) + "}");
        assertThat(jdbc.sql("select count(*) from calendar_entry where scope_value = ? and kind = 'freeze'")
                        .param(scene.group)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(late(ask("{\"window\": " + ENTRY.formatted("2027-03-02T00:00", "PT4H", scene.group) + "}")))
                .isEmpty();
    }

    @Test
    void namesTheBallotsThatCouldNotBeWonWithoutSomebody() {
        var governed = new Governed(context);
        var ann = people.someone("cab");
        var bob = people.someone("cab");
        var sec = people.someone("cab", "security-representative");
        var plan = governed.plan();
        ballots.open(new NewBallot(
                governed.change,
                plan.revision(),
                plan.digest(),
                "cab",
                2,
                List.of("security-representative"),
                List.of(),
                List.of(ann, bob, sec),
                NOW.plus(Duration.ofDays(2)),
                UUID.randomUUID()));
        assertThat(impossible(governed.change, sec)).isEqualTo("[\"security-representative\"]");
        assertThat(impossible(governed.change, ann)).isNull();
        ballots.cast(new Ballots.NewVote(
                governed.change,
                plan.revision(),
                1,
                bob,
                List.of("cab"),
                Decision.ABSTAIN,
                "I do not know this host.",
                plan.digest()));
        assertThat(impossible(governed.change, ann)).isEqualTo("[]");
    }

    /** Groups that would be missing, when the ballot of the change could no longer be won. */
    private String impossible(ChangeId ballot, String absent) {
        var answer = ask("""
                {"absence": {"person": "%s", "from": "2027-03-01T09:00:00Z", "to": "2027-03-10T09:00:00Z"}}""".formatted(absent));
        for (var item : answer.path("impossibleQuorums")) {
            if (item.path("change").asText().equals(ballot.value())) {
                return item.path("missing").toString();
            }
        }
        return null;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"absence\": {\"person\": \"x\"}}",
                "{\"absence\": {\"person\": \"x\", \"from\": \"2027-03-02T00:00:00Z\", \"to\": \"2027-03-01T00:00:00Z\"}}",
                "{\"freeze\": {\"name\": \"x\"}}"
            })
    void saysWhatIsMissing(String body) {
        assertThat(manager.post("/what-if", body).getStatusCode().value()).isEqualTo(400);
    }

    @Test
    void isForThoseWhoPlanAndDecide() {
        var implementer = new Caller(http, people.token(people.someone("implementer")));
        assertThat(implementer.post("/what-if", "{}").getStatusCode().value()).isEqualTo(403);
    }
}
