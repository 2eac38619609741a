package org.patchboard.audit;

import java.io.IOException;
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
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The installation's own Ed25519 key (RFC 8032), made once and kept in the data folder, readable by its owner only. */
@Component
class SigningKey {

    private final Path folder;

    SigningKey(@Value("${patchboard.data}") String data) {
        this.folder = Path.of(data, "keys");
    }

    private record Pair(PrivateKey secret, PublicKey open) {}

    /** The signature over the bytes. */
    byte[] sign(byte[] bytes) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair().secret());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("evidence cannot be signed with the key in " + folder, e);
        }
    }

    /** The public key, X.509. */
    byte[] open() {
        try {
            return pair().open().getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the key in " + folder + " cannot be read", e);
        }
    }

    private synchronized Pair pair() throws GeneralSecurityException, IOException {
        var secret = folder.resolve("evidence.key");
        var open = folder.resolve("evidence.pub");
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
