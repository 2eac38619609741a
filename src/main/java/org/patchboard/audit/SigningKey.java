package org.patchboard.audit;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The key that seals evidence. */
@Component
class SigningKey {

    private final KeyFile file;

    SigningKey(@Value("${patchboard.data}") String data) {
        this.file = new KeyFile(Path.of(data, "keys"), "evidence");
    }

    /** The signature over the bytes. */
    byte[] sign(byte[] bytes) {
        return file.sign(bytes);
    }

    /** The public key, X.509. */
    byte[] open() {
        return file.open();
    }
}
