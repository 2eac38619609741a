package org.patchboard.bulk;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.patchboard.shared.MalformedInput;

/** A folder sent as one file: zip, tar or tar.gz, told by its first bytes; or just a file. */
public final class Archive {

    private static final int MOST_FILES = 100_000;
    private static final int TAR_MARK = 257;
    private static final int TAR_BLOCK = 512;
    private static final int TAR_END = 2 * TAR_BLOCK;

    private Archive() {}

    /**
     * Hands over each file, unpacked, with its name without folders; the name is empty when this is no archive. Hidden
     * files and what the archive calls anything but a file are left out. All files together are at most
     * {@link Limited#LARGEST}. An archive is first kept on the disk, because only its end tells that nothing is
     * missing: a zip has its directory there (APPNOTE 6.3.10, 4.3.12), a tar two blocks of zeros (POSIX.1-2017, pax,
     * ustar interchange format).
     *
     * @throws MalformedInput when it is cut short or too large
     */
    public static void each(InputStream file, BiConsumer<String, InputStream> content) {
        try {
            var stream = buffered(file);
            if (startsWith(stream, 0, 0x1f, 0x8b)) {
                stream = buffered(new Limited(new GZIPInputStream(stream, 1 << 16)));
            }
            if (startsWith(stream, 0, 'P', 'K', 3, 4)) {
                zip(stream, content);
            } else if (startsWith(stream, TAR_MARK, 'u', 's', 't', 'a', 'r')) {
                tar(stream, content);
            } else {
                content.accept("", stream);
            }
        } catch (IOException e) {
            throw new MalformedInput("the file", "it cannot be unpacked to its end: " + e.getMessage(), e);
        }
    }

    private static void zip(InputStream packed, BiConsumer<String, InputStream> content) throws IOException {
        onDisk(packed, path -> {
            try (var zip = new ZipFile(path.toFile())) {
                long left = Limited.LARGEST;
                int files = 0;
                for (var entry : Collections.list(zip.entries())) {
                    if (!entry.isDirectory()) {
                        var unpacked = new Limited(zip.getInputStream(entry), left);
                        give(entry.getName(), ++files, unpacked, content);
                        left -= unpacked.count();
                    }
                }
            }
        });
    }

    private static void tar(InputStream packed, BiConsumer<String, InputStream> content) throws IOException {
        onDisk(packed, path -> {
            requireTarEnd(path);
            try (var tar = new TarArchiveInputStream(buffered(Files.newInputStream(path)), "UTF-8")) {
                int files = 0;
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    if (entry.isFile()) {
                        give(entry.getName(), ++files, new Open(tar), content);
                    }
                }
            }
        });
    }

    private static void requireTarEnd(Path tar) throws IOException {
        try (var file = FileChannel.open(tar)) {
            var end = ByteBuffer.allocate(TAR_END);
            file.read(end, Math.max(0, file.size() - TAR_END));
            if (file.size() % TAR_BLOCK != 0 || !Arrays.equals(end.array(), new byte[TAR_END])) {
                throw new EOFException("it has no end mark");
            }
        }
    }

    private static void onDisk(InputStream packed, Reader reader) throws IOException {
        var path = Files.createTempFile("archive", null);
        try {
            Files.copy(new Limited(packed), path, StandardCopyOption.REPLACE_EXISTING);
            reader.read(path);
        } finally {
            Files.delete(path);
        }
    }

    private static void give(String path, int number, InputStream unpacked, BiConsumer<String, InputStream> content) {
        if (number > MOST_FILES) {
            throw new MalformedInput("the file", "it has more than " + MOST_FILES + " files in it");
        }
        var name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        if (!name.isEmpty() && !name.startsWith(".") && !path.startsWith("__MACOSX/")) {
            content.accept(name, unpacked);
        }
    }

    private static InputStream buffered(InputStream stream) {
        return new BufferedInputStream(stream, 1 << 16);
    }

    private static boolean startsWith(InputStream stream, int at, int... octets) throws IOException {
        stream.mark(at + octets.length);
        var start = stream.readNBytes(at + octets.length);
        stream.reset();
        if (start.length < at + octets.length) {
            return false;
        }
        for (int i = 0; i < octets.length; i++) {
            if ((start[at + i] & 0xff) != octets[i]) {
                return false;
            }
        }
        return true;
    }

    private interface Reader {
        void read(Path path) throws IOException;
    }

    /** A reader that closes its file must not close the archive. */
    private static final class Open extends FilterInputStream {

        Open(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, length);
        }

        @Override
        public void close() {
            // the archive goes on
        }
    }
}
