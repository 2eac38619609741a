package org.patchboard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {

    private static final byte[] SAID = "install it".getBytes(StandardCharsets.UTF_8);

    @Test
    void whatItFoundGoodStaysGood(@TempDir Path folder) {
        var key = new KeyFile(folder, "release");
        var signature = key.sign(SAID);

        assertThat(key.verify(SAID, signature)).isTrue();
        assertThat(key.verify(SAID, signature)).isTrue();
    }

    @Test
    void whatItFoundGoodIsNotGoodForOtherBytesOrAnotherSignature(@TempDir Path folder) {
        var key = new KeyFile(folder, "release");
        var signature = key.sign(SAID);
        assertThat(key.verify(SAID, signature)).isTrue();

        var bent = signature.clone();
        bent[3] ^= 1;
        assertThat(key.verify("install all".getBytes(StandardCharsets.UTF_8), signature))
                .isFalse();
        assertThat(key.verify(SAID, bent)).isFalse();
        assertThat(key.verify(SAID, bent)).isFalse();
        assertThat(key.verify(SAID, new byte[0])).isFalse();
    }

    @Test
    void whatItFoundGoodIsNotGoodUnderTheNextKey(@TempDir Path folder) throws Exception {
        var key = new KeyFile(folder, "release");
        var signature = key.sign(SAID);
        assertThat(key.verify(SAID, signature)).isTrue();

        new KeyFile(folder, "next").open();
        for (var part : new String[] {".key", ".pub"}) {
            Files.move(
                    folder.resolve("next" + part),
                    folder.resolve("release" + part),
                    StandardCopyOption.REPLACE_EXISTING);
        }

        assertThat(key.verify(SAID, signature)).isFalse();
    }
}
