package sherd.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Cuts a stream into runs of whole lines of at most one size. A line longer than that makes a run of its own. */
final class LineChunks {
    /** A node takes no request that is larger. */
    static final int LONGEST_LINE = 64 << 20;

    private final InputStream in;
    private final int usualBytes;
    private byte[] buffer;
    /** Bytes in the buffer. */
    private int filled;
    /** Of these, given out by the last call. */
    private int given;

    private long lines;

    LineChunks(InputStream in, int usualBytes) {
        this.in = in;
        this.usualBytes = usualBytes;
        this.buffer = new byte[usualBytes];
    }

    /**
     * Reads the next run, which lies at the start of {@link #bytes()}; returns its length, or 0 at the end. Every line
     * is there as it was, with its line feed; only the last of the stream may have none.
     */
    int next() throws IOException {
        System.arraycopy(buffer, given, buffer, 0, filled - given);
        filled -= given;
        given = 0;
        while (true) {
            filled += in.readNBytes(buffer, filled, buffer.length - filled);
            boolean atEnd = filled < buffer.length;
            if (atEnd && filled <= usualBytes) {
                return give(filled);
            }
            int end = endOfRun();
            if (end > 0 || atEnd) {
                return give(end > 0 ? end : filled);
            }
            if (buffer.length >= LONGEST_LINE) {
                throw new BadException("a line is longer than a node takes: limit_bytes=" + LONGEST_LINE);
            }
            buffer = Arrays.copyOf(buffer, Math.min(LONGEST_LINE, buffer.length * 2));
        }
    }

    /** After the last line feed within the usual size, or after the first one beyond it, or 0. */
    private int endOfRun() {
        for (int i = Math.min(filled, usualBytes) - 1; i >= 0; i--) {
            if (buffer[i] == '\n') {
                return i + 1;
            }
        }
        for (int i = usualBytes; i < filled; i++) {
            if (buffer[i] == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    private int give(int length) {
        given = length;
        lines = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
                lines++;
            }
        }
        if (length > 0 && buffer[length - 1] != '\n') {
            lines++;
        }
        return length;
    }

    byte[] bytes() {
        return buffer;
    }

    /** Lines in the last run. */
    long lines() {
        return lines;
    }
}
