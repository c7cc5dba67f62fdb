package sherd.engine.archive.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.Failures;
import sherd.engine.disk.DiskFile;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Reads a run from front to back. */
final class RunSource implements TermSource {
    private final DiskFile file;
    private final byte[] buffer = new byte[RunLayout.BUFFER];
    private int at;
    private int filled;
    private long read;

    private final byte[] term = new byte[TermLayout.MAX_TERM_BYTES];
    private int length;
    private int rows;
    private boolean byBlocks;
    private final ByteSink gaps = new ByteSink();
    private byte[] copy = new byte[256];

    RunSource(DiskFile file) {
        this.file = file;
    }

    @Override
    public boolean next() {
        int shared = (int) getVar();
        int own = (int) getVar();
        if (own == 0) {
            return false;
        }
        if (shared < 0 || own < 0 || shared + own > term.length) {
            throw broken();
        }
        getBytes(term, shared, own);
        length = shared + own;
        long kind = getVar();
        rows = (int) (kind >>> 1);
        byBlocks = (kind & 1) != 0;
        int size = (int) getVar();
        if (copy.length < size) {
            copy = new byte[size * 2];
        }
        getBytes(copy, 0, size);
        gaps.clear();
        gaps.putBytes(copy, 0, size);
        return true;
    }

    @Override
    public byte[] term() {
        return term;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public boolean byBlocks() {
        return byBlocks;
    }

    @Override
    public ByteSink gaps() {
        return gaps;
    }

    private long getVar() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = getByte();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken();
    }

    private byte getByte() {
        if (at == filled) {
            fill();
        }
        return buffer[at++];
    }

    private void getBytes(byte[] target, int offset, int count) {
        int done = 0;
        while (done < count) {
            if (at == filled) {
                fill();
            }
            int step = Math.min(count - done, filled - at);
            System.arraycopy(buffer, at, target, offset + done, step);
            at += step;
            done += step;
        }
    }

    private void fill() {
        try {
            filled = file.read(ByteBuffer.wrap(buffer), read);
        } catch (IOException e) {
            throw Failures.reading("a sorted run of words", e);
        }
        if (filled <= 0) {
            throw broken();
        }
        at = 0;
        read += filled;
    }

    private static StoreException broken() {
        return new StoreException(
                ErrorCode.DISK_FAILED, "a sorted run of words is not as it was written; check the disk");
    }
}
