package org.patchboard.audit;

import java.nio.file.Path;
import org.patchboard.shared.Sha256;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The key with which the gate releases work on hosts, another than the one that seals evidence: who can seal cannot
 * release. Only the room that asks the gate signs (a rule of the architecture test); whoever works on hosts verifies.
 */
@Component
public class ReleaseKey {

    private final KeyFile file;

    ReleaseKey(@Value("${patchboard.data}") String data) {
        this.file = new KeyFile(Path.of(data, "keys"), "release");
    }

    /** The Ed25519 signature (RFC 8032) over the bytes. */
    public byte[] sign(byte[] bytes) {
        return file.sign(bytes);
    }

    /** Whether this installation signed the bytes. */
    public boolean verify(byte[] bytes, byte[] signature) {
        return file.verify(bytes, signature);
    }

    /** SHA-256 of the public key, hex: names the key in a release. */
    public String fingerprint() {
        return Sha256.hex(file.open());
    }
}
