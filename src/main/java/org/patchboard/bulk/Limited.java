package org.patchboard.bulk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.patchboard.shared.MalformedInput;

/** Counts what comes out, so that a small file that unpacks without end is refused at the limit. */
public final class Limited extends FilterInputStream {

    /** Bytes that a file may have, packed and unpacked. */
    public static final long LARGEST = 512L * 1024 * 1024;

    private final long most;
    private long read;

    public Limited(InputStream in) {
        this(in, LARGEST);
    }

    Limited(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    /** Bytes read so far. */
    long count() {
        return read;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        count(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int some = super.read(buffer, offset, length);
        count(Math.max(0, some));
        return some;
    }

    @Override
    public long skip(long wanted) throws IOException {
        long skipped = super.skip(wanted);
        count(skipped);
        return skipped;
    }

    /** There is no way back, so nothing is counted twice. */
    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(long some) {
        read += some;
        if (read > most) {
            throw new MalformedInput("the file", "it is larger than " + most / 1024 / 1024 + " MiB");
        }
    }
}
