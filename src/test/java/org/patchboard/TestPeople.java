package org.patchboard;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.camunda.bpm.engine.IdentityService;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.identity.Tokens;
import org.patchboard.shared.Actor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** People for tests: added through the house's own door, signed in the way each channel does it. */
public class TestPeople {

    public static final String PASSWORD = "Correct-Horse-7-Battery";

    private static final Actor ACTOR = Actor.system("test");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Directory directory;
    private final People people;
    private final Tokens tokens;
    private final IdentityService engine;
    private final Clock clock;
    private final JdbcClient jdbc;

    TestPeople(
            Directory directory, People people, Tokens tokens, IdentityService engine, Clock clock, JdbcClient jdbc) {
        this.directory = directory;
        this.people = people;
        this.tokens = tokens;
        this.engine = engine;
        this.clock = clock;
        this.jdbc = jdbc;
    }

    /** A new person, named after the first group with a number, without a password (it would cost a second). */
    public String someone(String... teams) {
        return add(null, teams);
    }

    /** A new person who can sign in with {@link #PASSWORD}. */
    public String someoneWithPassword(String... teams) {
        return add(PASSWORD, teams);
    }

    private String add(String password, String... teams) {
        var login = (teams.length == 0 ? "nobody" : teams[0]) + "-" + NUMBER.incrementAndGet();
        directory.add(login, "Test " + login, login + "@example.test", "Europe/Berlin", password, false, ACTOR);
        for (var team : teams) {
            directory.grant(login, team, null, null, ACTOR);
        }
        return login;
    }

    /** A bearer token of the person: the cheap way to call the API in their name. */
    public String token(String login) {
        return tokens.make(login, "test", clock.instant().plus(Duration.ofDays(300)));
    }

    /** Does something in the engine as this person, groups read now. */
    public <T> T as(String login, Supplier<T> deed) {
        engine.setAuthentication(login, people.teamsOf(login).orElse(List.of()), List.of());
        try {
            return deed.get();
        } finally {
            engine.clearAuthentication();
        }
    }

    public void as(String login, Runnable deed) {
        as(login, () -> {
            deed.run();
            return null;
        });
    }

    /** The people of a class leave their groups with it: else each ballot of the next one asks them all. */
    static class Leave implements AfterAllCallback {
        @Override
        public void afterAll(ExtensionContext context) {
            SpringExtension.getApplicationContext(context)
                    .getBean(TestPeople.class)
                    .jdbc
                    .sql("delete from membership where granted_by = ?")
                    .param(ACTOR.name())
                    .update();
        }
    }
}
