package org.patchboard.bulk;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.patchboard.shared.MalformedInput;

/** A folder sent as one file: zip, tar or tar.gz, told by its first bytes; or just a file. */
public final class Archive {

    private static final int MOST_FILES = 100_000;
    private static final int TAR_MARK = 257;

    private Archive() {}

    /**
     * Hands over each file, unpacked, with its name without folders; the name is empty when this is no archive. Hidden
     * files and what the archive calls anything but a file are left out. All files together are at most
     * {@link Limited#LARGEST}.
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
        var zip = new ZipInputStream(packed);
        var all = new Open(new Limited(zip));
        int files = 0;
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (!entry.isDirectory()) {
                give(entry.getName(), ++files, all, content);
            }
        }
    }

    private static void tar(InputStream packed, BiConsumer<String, InputStream> content) throws IOException {
        var tar = new TarArchiveInputStream(packed, "UTF-8");
        var all = new Open(new Limited(tar));
        int files = 0;
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.isFile()) {
                give(entry.getName(), ++files, all, content);
            }
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
