package org.patchboard.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class EvidenceFilesTest {

    private static final Actor TESTER = Actor.person("tester");

    @Autowired
    ApplicationContext context;

    @Autowired
    EvidenceFiles files;

    private Scene scene;
    private ChangeId change;

    @BeforeEach
    void openAChange() {
        scene = new Scene(context).affected("web1");
        change = scene.record();
    }

    private EvidenceFiles.EvidenceFile attach(String name, byte[] content) {
        return files.attach(change, "test", name, "text/plain", content, TESTER);
    }

    @Test
    void keepsTheBytesAndTheirDigest() {
        var content = "abc".getBytes(StandardCharsets.UTF_8);
        var file = attach("log.txt", content);
        // FIPS 180-4, example of SHA-256
        assertThat(file.sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(files.of(change))
                .extracting(EvidenceFiles.EvidenceFile::sha256)
                .containsExactly(file.sha256());
        assertThat(files.content(change, file.id()).orElseThrow()).isEqualTo(content);
        assertThat(scene.deeds(change)).contains("evidence-attached");
    }

    @Test
    void keepsNoPathInAName() {
        assertThat(attach("../../etc/passwd", new byte[1]).name()).doesNotContain("/");
        assertThat(attach("..\\boot.ini", new byte[1]).name()).doesNotContain("\\");
        assertThat(attach("a\r\nb", new byte[1]).name()).isEqualTo("a__b");
    }

    @Test
    void showsAFileOnlyToItsOwnChange() {
        var file = attach("log.txt", new byte[1]);
        var other = new Scene(context).affected("web1").record();
        assertThat(files.content(other, file.id())).isEmpty();
    }

    @Test
    void refusesWhatIsEmptyOrTooLarge() {
        assertThatThrownBy(() -> attach("empty", new byte[0])).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> attach("large", new byte[20 * 1024 * 1024 + 1]))
                .isInstanceOf(Refusal.class);
        assertThat(files.of(change)).isEmpty();
    }
}
