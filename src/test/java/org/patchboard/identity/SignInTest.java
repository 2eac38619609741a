package org.patchboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class SignInTest {

    private static final Actor ADMINISTRATOR = Actor.system("test");

    @Autowired
    SignIns signIns;

    @Autowired
    Directory directory;

    @Autowired
    People people;

    @Autowired
    TestPeople test;

    @Autowired
    TestClock clock;

    @Autowired
    TestRestTemplate http;

    @Autowired
    JdbcClient jdbc;

    @Test
    void looksAtNoMoreThanAHandfulOfParallelGuesses() throws Exception {
        var login = "guessed-" + UUID.randomUUID();
        try (var threads = new AutoClosingPool(16)) {
            var guesses = IntStream.range(0, 200)
                    .<Callable<Boolean>>mapToObj(
                            i -> () -> signIns.attempt(login, login).isEmpty())
                    .toList();
            var looked = 0;
            for (var guess : threads.pool.invokeAll(guesses)) {
                looked += guess.get() ? 1 : 0;
            }
            assertThat(looked).isEqualTo(SignIns.PER_LOGIN_AND_ADDRESS);
        }
    }

    @Test
    void theLockEndsByItself() {
        var login = "locked-" + UUID.randomUUID();
        clock.set(Instant.parse("2027-01-01T12:00:00Z"));
        for (int i = 0; i < SignIns.PER_LOGIN_AND_ADDRESS; i++) {
            assertThat(signIns.attempt(login, login)).isEmpty();
        }
        assertThat(signIns.attempt(login, login)).contains(Instant.parse("2027-01-01T12:15:00Z"));
        clock.forward(Duration.ofMinutes(16));
        assertThat(signIns.attempt(login, login)).isEmpty();
    }

    @Test
    void refusesPasswordsThatAnybodyWouldTry() {
        for (var weak : new String[] {"1", "short-one", "aaaaaaaaaaaaaaaa", "password1234", "walter-is-great-99"}) {
            assertThatThrownBy(() -> directory.add(
                            "walter", "Walter Weak", "walter@example.test", "UTC", weak, false, ADMINISTRATOR))
                    .isInstanceOf(Refusal.class);
        }
        assertThat(people.person("walter")).isEmpty();
    }

    @Test
    void whoAdministersOrAuditsDecidesNothingAndCarriesNothingOut() {
        var root = test.someone("camunda-admin");
        var aude = test.someone("auditor");
        for (var team : new String[] {"cab", "ecab", "change-manager", "risk-owner", "on-call", "implementer"}) {
            assertThatThrownBy(() -> directory.grant(root, team, null, null, ADMINISTRATOR))
                    .hasMessageContaining("cannot be in");
            assertThatThrownBy(() -> directory.grant(aude, team, null, null, ADMINISTRATOR))
                    .hasMessageContaining("cannot be in");
            assertThatThrownBy(() -> directory.grant(test.someone(team), "camunda-admin", null, null, ADMINISTRATOR))
                    .hasMessageContaining("cannot be in");
        }
        assertThatThrownBy(() -> directory.grant(root, "auditor", null, null, ADMINISTRATOR))
                .hasMessageContaining("cannot be in");
    }

    @Test
    void whoAdministersOrAuditsDoesNotStandInForWhoDecides() {
        var from = Instant.parse("2027-02-01T00:00:00Z");
        var absent = test.someone("cab");
        for (var group : new String[] {"camunda-admin", "auditor"}) {
            var substitute = test.someone(group);
            assertThatThrownBy(() -> directory.substitute(
                            absent, substitute, from, from.plus(Duration.ofDays(2)), ADMINISTRATOR))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("cannot be in");
        }
    }

    @Test
    void aPasswordIsKeptAsAHashThatTakesTime() {
        var login = test.someoneWithPassword("tester");
        assertThat(jdbc.sql("select password_hash from person where login = ?")
                        .param(login)
                        .query(String.class)
                        .single())
                .startsWith("{pbkdf2}");
    }

    @Test
    void anUnknownLoginTakesAsLongAsAKnownOne() {
        var known = test.someoneWithPassword("tester");
        var unknown = "nobody-" + UUID.randomUUID();
        assertThat(shortestRefusal(unknown)).isGreaterThan(shortestRefusal(known) / 3);
    }

    /** Of three, so that a pause of the machine counts for neither; fewer than what locks a login. */
    private long shortestRefusal(String login) {
        return IntStream.range(0, 3)
                .mapToLong(i -> {
                    var start = System.nanoTime();
                    assertThat(http.withBasicAuth(login, "wrong")
                                    .getForEntity("/engine-rest/task/count", String.class)
                                    .getStatusCode()
                                    .value())
                            .isEqualTo(401);
                    return System.nanoTime() - start;
                })
                .min()
                .orElseThrow();
    }

    @Test
    void aDisabledPersonIsOutAtTheNextRequest() {
        var login = test.someone("cab");
        var token = test.token(login);
        assertThat(status("/engine-rest/task/count", token)).isEqualTo(200);
        directory.enable(login, false, ADMINISTRATOR);
        assertThat(status("/engine-rest/task/count", token)).isEqualTo(401);
    }

    @Test
    void aSubstituteCountsOnlyBetweenTheDates() {
        var absent = test.someone("cab");
        var substitute = test.someone("tester");
        var start = Instant.parse("2027-02-01T00:00:00Z");
        clock.set(start.minusSeconds(60));
        directory.substitute(absent, substitute, start, start.plus(Duration.ofDays(7)), ADMINISTRATOR);
        assertThat(people.isMember(substitute, "cab")).isFalse();
        clock.set(start.plusSeconds(1));
        assertThat(people.isMember(substitute, "cab")).isTrue();
        clock.set(start.plus(Duration.ofDays(7)));
        assertThat(people.isMember(substitute, "cab")).isFalse();
    }

    @Test
    void anExpiredOrRevokedTokenOpensNothing() {
        var login = test.someone("cab");
        var token = test.token(login);
        assertThat(status("/engine-rest/task/count", token)).isEqualTo(200);
        clock.forward(Duration.ofDays(301));
        assertThat(status("/engine-rest/task/count", token)).isEqualTo(401);
        assertThat(status("/engine-rest/task/count", "pbt_invented")).isEqualTo(401);
    }

    @Test
    void nobodyGrantsARoleToThemselves() {
        var login = test.someone("camunda-admin");
        assertThatThrownBy(() -> directory.grant(login, "cab", null, null, Actor.person(login)))
                .hasMessageContaining("themselves");
    }

    @Test
    void policyAuthorsAreNeverPolicyApprovers() {
        var login = test.someone("policy-author");
        assertThatThrownBy(() -> directory.grant(login, "policy-approver", null, null, ADMINISTRATOR))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aBasicSignInWithAWrongPasswordIsRefused() {
        var login = test.someoneWithPassword("cab");
        assertThat(http.withBasicAuth(login, "wrong")
                        .getForEntity("/engine-rest/task/count", String.class)
                        .getStatusCode()
                        .value())
                .isEqualTo(401);
        assertThat(http.withBasicAuth(login, TestPeople.PASSWORD)
                        .getForEntity("/engine-rest/task/count", String.class)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
    }

    private int status(String path, String token) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(token);
        return http.exchange(path, HttpMethod.GET, new HttpEntity<>(headers), String.class)
                .getStatusCode()
                .value();
    }

    private record AutoClosingPool(java.util.concurrent.ExecutorService pool) implements AutoCloseable {
        AutoClosingPool(int threads) {
            this(Executors.newFixedThreadPool(threads));
        }

        @Override
        public void close() {
            pool.shutdownNow();
        }
    }
}
