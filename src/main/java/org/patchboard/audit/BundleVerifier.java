package org.patchboard.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Sha256;

/** Checks a sealed change without a database: every file, the signature, and the chain from its first row to its head. */
public final class BundleVerifier {

    private static final long LARGEST = 1L << 30;
    private static final int MOST = 10_000;

    /**
     * It holds.
     *
     * @param anchored what a checkpoint says about it, as a sentence; empty without one
     */
    public record Summary(String change, int files, int rows, String head, String keyFingerprint, String anchored) {}

    /** The first place that does not hold. */
    public static final class DoesNotHold extends Exception {
        DoesNotHold(String place) {
            super(place);
        }
    }

    private BundleVerifier() {}

    /**
     * Reads the bundle once.
     *
     * @param expectedKey fingerprint of the key it must be signed with (SHA-256 of the X.509 key, hex); null for any
     * @throws DoesNotHold naming the first place
     */
    public static Summary verify(InputStream bundle, @Nullable String expectedKey) throws DoesNotHold, IOException {
        return verify(bundle, expectedKey, null);
    }

    /**
     * The same, and whether a checkpoint kept elsewhere says that it was so then.
     *
     * @throws DoesNotHold naming the first place, also when it contradicts the checkpoint
     */
    public static Summary verify(InputStream bundle, @Nullable String expectedKey, @Nullable CheckpointFile checkpoint)
            throws DoesNotHold, IOException {
        var files = unpack(bundle);
        var manifestBytes = files.remove(Seals.MANIFEST);
        var signature = files.remove(Seals.SIGNATURE);
        if (manifestBytes == null || signature == null) {
            throw new DoesNotHold("there is no signed manifest in it");
        }
        JsonNode manifest;
        try {
            manifest = new ObjectMapper().readTree(manifestBytes);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new DoesNotHold(Seals.MANIFEST + ": not JSON");
        }
        var key = key(manifest);
        var fingerprint = Sha256.hex(key);
        if (expectedKey != null && !expectedKey.toLowerCase(Locale.ROOT).equals(fingerprint)) {
            throw new DoesNotHold(Seals.MANIFEST + ": signed with another key, " + fingerprint);
        }
        if (!signed(key, manifestBytes, signature)) {
            throw new DoesNotHold(Seals.SIGNATURE + ": the manifest is not what was signed");
        }
        var listed = new HashSet<String>();
        for (var file : manifest.path("files").properties()) {
            listed.add(file.getKey());
            var content = files.get(file.getKey());
            if (content == null) {
                throw new DoesNotHold(file.getKey() + ": it is missing");
            }
            if (!Sha256.hex(content).equals(file.getValue().asText())) {
                throw new DoesNotHold(file.getKey() + ": it is not what was sealed");
            }
        }
        for (var name : files.keySet()) {
            if (!listed.contains(name)) {
                throw new DoesNotHold(name + ": the manifest does not know it");
            }
        }
        var change = manifest.path("change").asText();
        var head = manifest.path("chainHead").asText();
        var rows = chain(change, files.getOrDefault(Seals.TRAIL, new byte[0]), head);
        return new Summary(
                change,
                files.size(),
                rows.size(),
                head,
                fingerprint,
                checkpoint == null ? "" : anchored(change, Sha256.hex(manifestBytes), rows, checkpoint));
    }

    private static String anchored(String change, String manifest, List<String> rows, CheckpointFile checkpoint)
            throws DoesNotHold {
        var when = "checkpoint %d of %s".formatted(checkpoint.number(), checkpoint.at());
        if (manifest.equals(checkpoint.seals().get(change))) {
            return "sealed in exactly this form before " + when;
        }
        var then = checkpoint.heads().get(change);
        if (then == null) {
            return when + " does not speak of it: nothing was recorded of it since the one before";
        }
        if (then.seq() > rows.size()) {
            throw new DoesNotHold(
                    "the audit chain had %d rows at %s; this bundle has %d".formatted(then.seq(), when, rows.size()));
        }
        if (!then.hash().equals(rows.get((int) then.seq() - 1))) {
            throw new DoesNotHold("audit row %d: it is another than at %s".formatted(then.seq(), when));
        }
        return "its first %d audit rows were the same at %s".formatted(then.seq(), when);
    }

    private static Map<String, byte[]> unpack(InputStream bundle) throws DoesNotHold, IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        long total = 0;
        try (var zip = new ZipInputStream(bundle)) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                var name = entry.getName();
                if (!name.matches("[A-Za-z0-9][A-Za-z0-9._/-]*") || name.contains("..")) {
                    throw new DoesNotHold("an entry has a name that no bundle of ours has");
                }
                var content = zip.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, LARGEST - total));
                total += content.length;
                if (total >= LARGEST || files.size() >= MOST) {
                    throw new DoesNotHold("it unpacks to more than a bundle can hold");
                }
                if (files.put(name, content) != null) {
                    throw new DoesNotHold(name + ": it is in the bundle twice");
                }
            }
        } catch (ZipException e) {
            throw new DoesNotHold("the archive itself is damaged: " + e.getMessage());
        } catch (java.io.EOFException e) {
            throw new DoesNotHold("the archive is cut short");
        }
        return files;
    }

    private static byte[] key(JsonNode manifest) throws DoesNotHold {
        try {
            return Base64.getDecoder().decode(manifest.path("key").asText());
        } catch (IllegalArgumentException e) {
            throw new DoesNotHold(Seals.MANIFEST + ": its key cannot be read");
        }
    }

    private static boolean signed(byte[] key, byte[] manifest, byte[] signature) throws DoesNotHold {
        try {
            var check = Signature.getInstance("Ed25519");
            check.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
            check.update(manifest);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new DoesNotHold(Seals.SIGNATURE + ": it is no signature: " + e.getMessage());
        }
    }

    /** The hashes of its rows, hex. */
    private static List<String> chain(String change, byte[] trail, String head) throws DoesNotHold, IOException {
        var mapper = new ObjectMapper();
        var previous = DatabaseAuditTrail.ORIGIN;
        var hashes = new ArrayList<String>();
        int rows = 0;
        for (var line : new String(trail, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            rows++;
            var row = mapper.readTree(line);
            if (row.path("seq").asLong() != rows) {
                throw new DoesNotHold("audit row " + rows + ": it is missing");
            }
            var hash = DatabaseAuditTrail.hash(
                    previous,
                    change,
                    rows,
                    Instant.parse(row.path("at").asText()),
                    new Actor(
                            row.path("actor").asText(),
                            row.path("actorKind").asText().equals("person") ? Actor.Kind.PERSON : Actor.Kind.SYSTEM),
                    row.path("action").asText(),
                    row.path("subject").asText(),
                    Sha256.of(row.path("content").asText().getBytes(StandardCharsets.UTF_8)));
            if (!HexFormat.of().formatHex(hash).equals(row.path("hash").asText())) {
                throw new DoesNotHold("audit row " + rows + ": it is not what was recorded");
            }
            previous = hash;
            hashes.add(HexFormat.of().formatHex(hash));
        }
        if (!HexFormat.of().formatHex(previous).equals(head)) {
            throw new DoesNotHold("the audit chain ends after row " + rows + ", before the head that was sealed");
        }
        return hashes;
    }
}
