package org.patchboard.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;

/** A password given again, for deeds that must not be done from a forgotten session or by a stolen token. */
@UseCase
public class Reauthentication {

    /** How long it counts. */
    static final Duration FRESH = Duration.ofMinutes(5);

    private final JdbcClient jdbc;
    private final PasswordEncoder passwords;
    private final SignIns signIns;
    private final Clock clock;

    Reauthentication(JdbcClient jdbc, PasswordEncoder passwords, SignIns signIns, Clock clock) {
        this.jdbc = jdbc;
        this.passwords = passwords;
        this.signIns = signIns;
        this.clock = clock;
    }

    /**
     * Whether the password is right; wrong tries count as they do at the sign-in. Answers instead of refusing, so that
     * the count of a wrong try is kept.
     *
     * @param address where the request comes from
     */
    public boolean confirm(String login, String password, String address) {
        if (signIns.attempt(login, address).isPresent()) {
            return false;
        }
        record Known(long id, String hash) {}
        var known = jdbc.sql("""
                        select id, password_hash as hash from person
                         where login = ? and enabled and password_hash is not null""").param(login).query(Known.class).optional();
        if (known.isEmpty() || !passwords.matches(password, known.get().hash())) {
            return false;
        }
        signIns.succeeded(login, address);
        jdbc.sql("""
                        insert into reauthentication (person, at) values (:person, :now)
                        on conflict (person) do update set at = excluded.at""")
                .param("person", known.get().id())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return true;
    }

    /** @throws Refusal when the person has not given the password again within the last five minutes */
    public void require(String login) {
        var fresh = jdbc.sql("""
                        select exists (select from reauthentication r join person p on p.id = r.person
                                        where p.login = ? and r.at > ?)""")
                .params(login, clock.instant().minus(FRESH).atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
        if (!fresh) {
            throw Refusal.forbidden(
                    "Give your password again first (POST /api/v1/people/me/reauthentication); it counts for five minutes.");
        }
    }
}
