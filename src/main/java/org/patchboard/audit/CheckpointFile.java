package org.patchboard.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Sha256;

/**
 * A checkpoint as it lies in other hands: one line of JSON and one with its Ed25519 signature (RFC 8032). It says how long
 * each chain was that had grown since the checkpoint before, with the hash of its last row, and which bundles were sealed.
 *
 * @param number from 1
 * @param entries length of the whole trail
 * @param previous SHA-256 of the line of the checkpoint before; empty for the first
 * @param heads by chain
 * @param seals SHA-256 of the manifest, by change
 * @param keyFingerprint SHA-256 of the X.509 key it is signed with
 */
public record CheckpointFile(
        long number,
        Instant at,
        long entries,
        String previous,
        Map<String, Head> heads,
        Map<String, String> seals,
        String keyFingerprint) {

    /** @param hash of the row, hex */
    public record Head(long seq, String hash) {}

    public CheckpointFile {
        heads = Map.copyOf(heads);
        seals = Map.copyOf(seals);
    }

    /**
     * Reads and checks one.
     *
     * @param expectedKey fingerprint of the key it must be signed with; null for any
     * @throws BundleVerifier.DoesNotHold when it is not what was signed, or no checkpoint at all
     */
    public static CheckpointFile read(String text, @Nullable String expectedKey) throws BundleVerifier.DoesNotHold {
        var lines = text.split("\n", -1);
        if (lines.length < 2) {
            throw new BundleVerifier.DoesNotHold("the checkpoint has no signature");
        }
        try {
            var body = new ObjectMapper().readTree(lines[0]);
            var key = Base64.getDecoder().decode(body.path("key").asText());
            var fingerprint = Sha256.hex(key);
            if (expectedKey != null && !expectedKey.toLowerCase(Locale.ROOT).equals(fingerprint)) {
                throw new BundleVerifier.DoesNotHold("the checkpoint is signed with another key, " + fingerprint);
            }
            var check = Signature.getInstance("Ed25519");
            check.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
            check.update(lines[0].getBytes(StandardCharsets.UTF_8));
            if (!check.verify(Base64.getDecoder().decode(lines[1].strip()))) {
                throw new BundleVerifier.DoesNotHold("the checkpoint is not what was signed");
            }
            return of(body, fingerprint);
        } catch (JsonProcessingException | IllegalArgumentException | GeneralSecurityException | DateTimeException e) {
            throw new BundleVerifier.DoesNotHold("the checkpoint cannot be read");
        }
    }

    private static CheckpointFile of(JsonNode body, String fingerprint) {
        var heads = new LinkedHashMap<String, Head>();
        body.path("heads")
                .forEach(head -> heads.put(
                        head.path(0).asText(),
                        new Head(head.path(1).asLong(), head.path(2).asText())));
        var seals = new LinkedHashMap<String, String>();
        body.path("seals")
                .forEach(seal -> seals.put(seal.path(0).asText(), seal.path(1).asText()));
        return new CheckpointFile(
                body.path("number").asLong(),
                Instant.parse(body.path("at").asText()),
                body.path("entries").asLong(),
                body.path("previous").asText(),
                heads,
                seals,
                fingerprint);
    }
}
