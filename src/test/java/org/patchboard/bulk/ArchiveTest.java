package org.patchboard.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.patchboard.shared.MalformedInput;

class ArchiveTest {

    private static final Map<String, String> FILES =
            Map.of("cache/web1", "one", "cache/deep/web2.json", "two", ".hidden", "no", "__MACOSX/web1", "no");

    private static Map<String, String> read(byte[] file) {
        var found = new LinkedHashMap<String, String>();
        Archive.each(new ByteArrayInputStream(file), (name, content) -> found.put(name, text(content)));
        return found;
    }

    private static String text(InputStream content) {
        try (content) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] zip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : FILES.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] tar() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (var file : FILES.entrySet()) {
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length());
                tar.putArchiveEntry(entry);
                tar.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsEveryFileOfAFolderHoweverItWasSent() throws IOException {
        for (var file : new byte[][] {zip(), tar(), gzip(tar()), gzip(zip())}) {
            assertThat(read(file)).containsOnly(Map.entry("web1", "one"), Map.entry("web2.json", "two"));
        }
    }

    @Test
    void takesAnythingElseForTheFileItself() throws IOException {
        assertThat(read("{}".getBytes(StandardCharsets.UTF_8))).containsOnly(Map.entry("", "{}"));
        assertThat(read(gzip("{}".getBytes(StandardCharsets.UTF_8)))).containsOnly(Map.entry("", "{}"));
        assertThat(read(new byte[0])).containsOnly(Map.entry("", ""));
    }

    @Test
    void refusesAFileThatIsCutShort() throws IOException {
        var file = gzip("a".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length - 20)))
                .isInstanceOfAny(MalformedInput.class, UncheckedIOException.class);
    }

    /** Also where one of its files ends and the next one would begin: what is missing there leaves no trace before. */
    @Test
    void refusesAnArchiveThatIsCutShortAnywhere() throws IOException {
        var zip = zip();
        for (int length = 4; length < zip.length; length++) {
            var part = Arrays.copyOf(zip, length);
            assertThatThrownBy(() -> read(part)).as("%d bytes of a zip", length).isInstanceOf(MalformedInput.class);
        }
        var tar = tar();
        int end = tarEnd(tar);
        for (int length = 512; length < end; length += 256) {
            var part = Arrays.copyOf(tar, length);
            assertThatThrownBy(() -> read(part)).as("%d bytes of a tar", length).isInstanceOf(MalformedInput.class);
        }
    }

    /** Length with the two blocks of zeros that end it, without those that fill it up. */
    private static int tarEnd(byte[] tar) {
        int last = tar.length - 1;
        while (tar[last] == 0) {
            last--;
        }
        return (last / 512 + 1) * 512 + 1024;
    }

    @Test
    void stopsASmallFileThatUnpacksWithoutEnd() {
        assertThatThrownBy(() -> new Limited(new Zeros(), 1 << 20).readAllBytes())
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("larger than 1 MiB");
    }

    private static final class Zeros extends InputStream {
        @Override
        public int read() {
            return 0;
        }
    }
}
