package org.patchboard.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.audit.ReleaseKey;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Release;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Leave to work on hosts. Whoever asks the gate signs it, elsewhere; here it is kept, and verified before any adapter
 * is called: a release that is forged, over, of another attempt or about other hosts opens nothing.
 */
@UseCase
public class Releases {

    /** What the order is for; a release for one purpose is none for another. */
    public static final String ROLLOUT = "rollout";

    public static final String TEST = "test";

    private static final Actor ACTOR = Actor.system("release");
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /**
     * What is to be signed.
     *
     * @param attempt the next one of the ring, counted from 1
     * @param targets keys of hosts, ascending
     */
    public record Claims(
            UUID id,
            ChangeId change,
            int revision,
            int ring,
            String digest,
            Action action,
            String purpose,
            int attempt,
            List<Long> targets,
            Instant notBefore,
            Instant notAfter,
            String key) {

        public Claims {
            targets = targets.stream().sorted().toList();
            notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
            notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
        }

        /** Header and payload of the JWS; the payload is canonical JSON (RFC 8785). */
        public byte[] signingInput() {
            return (part(Map.of("alg", "EdDSA", "kid", key, "typ", "patchboard-release")) + "." + part(payload()))
                    .getBytes(StandardCharsets.US_ASCII);
        }

        private Map<String, Object> payload() {
            var payload = new LinkedHashMap<String, Object>();
            payload.put("jti", id.toString());
            payload.put("change", change.value());
            payload.put("revision", revision);
            payload.put("ring", ring);
            payload.put("digest", digest);
            payload.put("action", OrderKey.column(action));
            payload.put("purpose", purpose);
            payload.put("attempt", attempt);
            payload.put("targets", targets);
            payload.put("nbf", notBefore.getEpochSecond());
            payload.put("exp", notAfter.getEpochSecond());
            return payload;
        }

        private static String part(Map<String, Object> content) {
            try {
                return ENCODER.encodeToString(new JsonCanonicalizer(JSON.writeValueAsString(content)).getEncodedUTF8());
            } catch (IOException e) {
                throw new IllegalStateException("a release has no canonical form", e);
            }
        }
    }

    /** A release that was read, and everything that stands against it. */
    record Checked(@Nullable Release release, List<String> against) {
        Checked {
            against = List.copyOf(against);
        }
    }

    private final JdbcClient jdbc;
    private final ReleaseKey key;
    private final AuditTrail audit;
    private final Clock clock;

    Releases(JdbcClient jdbc, ReleaseKey key, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.key = key;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What a release for the next attempt at a ring would say.
     *
     * @param purpose {@link #ROLLOUT} or {@link #TEST}
     */
    public Claims claims(
            ChangeId change,
            int revision,
            int ring,
            Action action,
            String purpose,
            Instant notBefore,
            Instant notAfter) {
        var digest = jdbc.sql("select digest from ring where change_id = ? and revision = ? and number = ?")
                .params(change.value(), revision, ring)
                .query(String.class)
                .single();
        var targets = jdbc.sql("""
                        select asset from ring_host
                         where change_id = ? and revision = ? and ring = ? and state <> 'excluded' order by asset""")
                .params(change.value(), revision, ring)
                .query(Long.class)
                .list();
        return new Claims(
                UUID.randomUUID(),
                change,
                revision,
                ring,
                digest,
                action,
                purpose,
                nextAttempt(change, revision, ring, action),
                targets,
                notBefore,
                notAfter,
                key.fingerprint());
    }

    /**
     * Keeps a signed release for the order that follows.
     *
     * @throws IllegalStateException when the signature is not this installation's
     */
    public void keep(Claims claims, byte[] signature) {
        var input = claims.signingInput();
        if (!key.verify(input, signature)) {
            throw new IllegalStateException(
                    "a release for %s is not signed by this installation".formatted(claims.change()));
        }
        jdbc.sql("""
                        insert into release_token (id, change_id, revision, ring, action, purpose, attempt, digest, token,
                                                   not_before, not_after, issued_at)
                        values (:id, :change, :revision, :ring, :action, :purpose, :attempt, :digest, :token,
                                :from, :to, :now)""")
                .param("id", claims.id())
                .param("change", claims.change().value())
                .param("revision", claims.revision())
                .param("ring", claims.ring())
                .param("action", OrderKey.column(claims.action()))
                .param("purpose", claims.purpose())
                .param("attempt", claims.attempt())
                .param("digest", claims.digest())
                .param("token", new String(input, StandardCharsets.US_ASCII) + "." + ENCODER.encodeToString(signature))
                .param("from", claims.notBefore().atOffset(ZoneOffset.UTC))
                .param("to", claims.notAfter().atOffset(ZoneOffset.UTC))
                .param("now", now())
                .update();
        audit.record(
                claims.change(),
                ACTOR,
                "release-issued",
                "release " + claims.id(),
                Map.of(
                        "ring", claims.ring(),
                        "revision", claims.revision(),
                        "digest", claims.digest(),
                        "action", OrderKey.column(claims.action()),
                        "purpose", claims.purpose(),
                        "attempt", claims.attempt(),
                        "hosts", claims.targets().size(),
                        "notBefore", claims.notBefore(),
                        "notAfter", claims.notAfter()));
    }

    /**
     * The release under which hosts of a ring are ordered now; it is used up.
     *
     * @throws IllegalStateException when there is none that holds: nothing is installed
     */
    UUID take(Ring ring, Action action, String purpose, int attempt, Collection<Long> assets) {
        var found = jdbc.sql("""
                        update release_token set used_at = :now
                         where id = (select id from release_token
                                      where change_id = :change and revision = :revision and ring = :ring
                                        and action = :action and purpose = :purpose and attempt = :attempt
                                        and used_at is null
                                      order by issued_at desc, id limit 1)
                        returning id, token""")
                .param("now", now())
                .param("change", ring.change().value())
                .param("revision", ring.revision())
                .param("ring", ring.number())
                .param("action", OrderKey.column(action))
                .param("purpose", purpose)
                .param("attempt", attempt)
                .query((row, number) -> Map.entry(row.getObject("id", UUID.class), row.getString("token")))
                .optional()
                .orElseThrow(() -> new IllegalStateException("no release for attempt %d at %s of %s: nothing is ordered"
                        .formatted(attempt, RingLedger.label(ring), ring.change())));
        var checked = check(
                found.getValue(),
                new OrderKey(ring.change(), ring.revision(), ring.number(), action, 1, attempt),
                ring.digest(),
                purpose,
                assets);
        if (!checked.against().isEmpty()) {
            throw new IllegalStateException("the release for %s of %s does not hold: %s"
                    .formatted(RingLedger.label(ring), ring.change(), String.join("; ", checked.against())));
        }
        return found.getKey();
    }

    /** Reads the release of an order, verifies it, and says everything that stands against using it now. */
    Checked check(@Nullable String token, OrderKey order, String digest, String purpose, Collection<Long> assets) {
        if (token == null) {
            return new Checked(null, List.of("the order carries no release"));
        }
        var payload = verified(token);
        if (payload.isEmpty()) {
            return new Checked(null, List.of("its release is not signed by this installation"));
        }
        var said = payload.get();
        var against = new ArrayList<String>();
        differs(against, "change", said.path("change").asText(), order.change().value());
        differs(against, "revision", said.path("revision").asText(), Integer.toString(order.revision()));
        differs(against, "ring", said.path("ring").asText(), Integer.toString(order.ring()));
        differs(against, "action", said.path("action").asText(), OrderKey.column(order.action()));
        differs(against, "attempt", said.path("attempt").asText(), Integer.toString(order.attempt()));
        differs(against, "purpose", said.path("purpose").asText(), purpose);
        differs(against, "plan", said.path("digest").asText(), digest);
        var targets = targets(said);
        var strangers = new HashSet<>(assets);
        strangers.removeAll(targets);
        if (!strangers.isEmpty()) {
            against.add("its release does not name %d of the hosts".formatted(strangers.size()));
        }
        var notBefore = Instant.ofEpochSecond(said.path("nbf").asLong());
        var notAfter = Instant.ofEpochSecond(said.path("exp").asLong());
        if (clock.instant().isBefore(notBefore)) {
            against.add("its release begins at " + notBefore);
        }
        if (!against.isEmpty()) {
            return new Checked(null, against);
        }
        var release = new Release(
                UUID.fromString(said.path("jti").asText()),
                order.change(),
                order.revision(),
                order.ring(),
                digest,
                order.action(),
                order.attempt(),
                targets.stream().map(AssetId::new).collect(Collectors.toUnmodifiableSet()),
                notBefore,
                notAfter,
                token);
        return new Checked(release, isOver(release) ? List.of("its release ended at " + notAfter) : List.of());
    }

    /** Whether its time has passed: what it began may be looked up, nothing more is begun. */
    boolean isOver(Release release) {
        return !clock.instant().isBefore(release.notAfter());
    }

    private static void differs(List<String> against, String what, String said, String wanted) {
        if (!said.equals(wanted)) {
            against.add("its release is for %s %s, not %s".formatted(what, said, wanted));
        }
    }

    private static Set<Long> targets(JsonNode payload) {
        return StreamSupport.stream(payload.path("targets").spliterator(), false)
                .map(JsonNode::asLong)
                .collect(Collectors.toSet());
    }

    private Optional<JsonNode> verified(String token) {
        var parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            var header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
            if (!header.path("alg").asText().equals("EdDSA")) {
                return Optional.empty();
            }
            var input = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
            return key.verify(input, Base64.getUrlDecoder().decode(parts[2]))
                    ? Optional.of(JSON.readTree(Base64.getUrlDecoder().decode(parts[1])))
                    : Optional.empty();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            return Optional.empty(); // not base64 or not JSON: nothing of ours
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be read", e);
        }
    }

    int nextAttempt(ChangeId change, int revision, int ring, Action action) {
        return jdbc.sql("""
                        select greatest(
                          (select coalesce(max(attempt), 0) from host_order
                            where change_id = :change and revision = :revision and ring = :ring and action = :action),
                          (select coalesce(max(number), 0) from test_run
                            where change_id = :change and revision = :revision and state <> 'running')) + 1""")
                .param("change", change.value())
                .param("revision", revision)
                .param("ring", ring)
                .param("action", OrderKey.column(action))
                .query(Integer.class)
                .single();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
