package org.patchboard.identity;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bearer tokens a person makes for a script. Shown once; only the digest is kept. */
@UseCase
public class Tokens {

    /** Tells a secret scanner what it has found. */
    static final String PREFIX = "pbt_";

    static final Duration LONGEST = Duration.ofDays(366);

    /** A token as its owner sees it, without the secret. */
    public record Token(
            long id,
            String name,
            Instant created,
            Instant expires,
            @Nullable Instant lastUsed,
            boolean revoked) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Tokens(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** The new token, which nobody will see again. */
    public String make(String login, String name, Instant expires) {
        if (name.isBlank()) {
            throw Refusal.incomplete("Give the token a name, such as the script that will use it.");
        }
        if (!expires.isAfter(clock.instant()) || expires.isAfter(clock.instant().plus(LONGEST))) {
            throw Refusal.incomplete("A token expires after now and within a year.");
        }
        var bytes = new byte[30];
        new SecureRandom().nextBytes(bytes);
        var token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        jdbc.sql("""
                        insert into api_token (person, name, hash, created_at, expires_at)
                        select id, :name, :hash, :now, :expires from person where login = :login""")
                .param("login", login)
                .param("name", name)
                .param("hash", hash(token))
                .param("now", now())
                .param("expires", expires.atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                "person:" + login,
                Actor.person(login),
                "token-made",
                name,
                Map.of("name", name, "expires", expires.toString()));
        return token;
    }

    public List<Token> of(String login) {
        return jdbc.sql("""
                        select t.id, t.name, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
                          from api_token t join person p on p.id = t.person
                         where p.login = ? order by t.created_at desc""")
                .param(login)
                .query((row, number) -> new Token(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("expires_at").toInstant(),
                        row.getTimestamp("last_used_at") == null
                                ? null
                                : row.getTimestamp("last_used_at").toInstant(),
                        row.getTimestamp("revoked_at") != null))
                .list();
    }

    /** Makes a token worthless from the next request on. */
    public void revoke(String login, long id) {
        int revoked = jdbc.sql("""
                        update api_token t set revoked_at = :now
                          from person p
                         where t.id = :id and p.id = t.person and p.login = :login and t.revoked_at is null""")
                .param("now", now())
                .param("id", id)
                .param("login", login)
                .update();
        if (revoked == 0) {
            throw Refusal.unknown("You have no such token.");
        }
        audit.record("person:" + login, Actor.person(login), "token-revoked", Long.toString(id), Map.of());
    }

    /** Whose token this is; empty when it is unknown, expired, revoked or its owner is disabled. */
    public Optional<String> owner(String token) {
        return jdbc.sql("""
                        update api_token t set last_used_at = :now
                          from person p
                         where t.hash = :hash and p.id = t.person and p.enabled
                           and t.revoked_at is null and t.expires_at > :now
                        returning p.login""")
                .param("hash", hash(token))
                .param("now", now())
                .query(String.class)
                .optional();
    }

    private static byte[] hash(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
