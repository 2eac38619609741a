package org.patchboard.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.patchboard.shared.Sha256;

/** An Ed25519 key (RFC 8032) of the installation, made once and kept in a folder, readable by its owner only. */
final class KeyFile {

    private static final int REMEMBERED = 1_000;

    private final Path folder;
    private final String name;

    /**
     * What was found good lately. A release is verified when it is kept, when it is used and by each batch; the answer
     * follows from the question alone, and its mathematics cost more than all else of a batch.
     */
    private final Set<String> good =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<String, Boolean>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            }));

    KeyFile(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** Everything that the answer depends on; no two questions run together into the same bytes. */
    private static String question(PublicKey open, byte[] bytes, byte[] signature) {
        var sha = Sha256.digest();
        for (var part : new byte[][] {open.getEncoded(), signature, bytes}) {
            sha.update(ByteBuffer.allocate(4).putInt(part.length).array());
            sha.update(part);
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private record Pair(PrivateKey secret, PublicKey open) {}

    byte[] sign(byte[] bytes) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair().secret());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("nothing can be signed with the key " + name + " in " + folder, e);
        }
    }

    /** Whether the bytes were signed with this key; a signature that is none at all was not. */
    boolean verify(byte[] bytes, byte[] signature) {
        try {
            var open = pair().open();
            var question = question(open, bytes, signature);
            if (good.contains(question)) {
                return true;
            }
            var check = Signature.getInstance("Ed25519");
            check.initVerify(open);
            check.update(bytes);
            var answer = check.verify(signature);
            if (answer) {
                good.add(question);
            }
            return answer;
        } catch (java.security.SignatureException e) {
            return false;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the key " + name + " in " + folder + " cannot be read", e);
        }
    }

    /** The public key, X.509. */
    byte[] open() {
        try {
            return pair().open().getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the key " + name + " in " + folder + " cannot be read", e);
        }
    }

    private synchronized Pair pair() throws GeneralSecurityException, IOException {
        var secret = folder.resolve(name + ".key");
        var open = folder.resolve(name + ".pub");
        if (!Files.exists(open)) {
            var made = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createFile(
                    secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(secret, made.getPrivate().getEncoded());
            Files.write(open, made.getPublic().getEncoded());
        }
        var keys = KeyFactory.getInstance("Ed25519");
        return new Pair(
                keys.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(secret))),
                keys.generatePublic(new X509EncodedKeySpec(Files.readAllBytes(open))));
    }
}
