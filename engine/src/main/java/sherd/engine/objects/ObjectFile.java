package sherd.engine.objects;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import sherd.engine.disk.DiskFile;

/**
 * An object read as a file, through the pages. Who reads on where the last read ended gets more pages at once; two such
 * reads in a row are taken for a sign of it.
 */
final class ObjectFile implements DiskFile {
    private static final int AHEAD = 4;

    private final ObjectPages pages;
    private final String key;
    private final long size;
    /** Where the last read ended; negative after one that went on where the one before had ended. */
    private final AtomicLong lastEnd = new AtomicLong(Long.MIN_VALUE);

    ObjectFile(ObjectPages pages, String key, long size) {
        this.pages = pages;
        this.key = key;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        int length = Math.clamp(size - offset, 0, target.remaining());
        if (length == 0) {
            return 0;
        }
        long before = lastEnd.get();
        boolean follows = Math.abs(before) == offset;
        lastEnd.set(follows ? -(offset + length) : offset + length);
        var wanted = target.slice(target.position(), length);
        pages.read(key, size, offset, wanted, follows && before < 0 ? AHEAD : 0);
        target.position(target.position() + length);
        return length;
    }

    @Override
    public int readOnce(ByteBuffer target, long offset) throws IOException {
        int length = Math.clamp(size - offset, 0, target.remaining());
        if (length > 0) {
            pages.readPast(key, offset, target.slice(target.position(), length));
            target.position(target.position() + length);
        }
        return length;
    }

    @Override
    public void write(ByteBuffer source, long offset) {
        throw unchangeable();
    }

    @Override
    public void truncate(long bytes) {
        throw unchangeable();
    }

    @Override
    public void sync() {
        throw unchangeable();
    }

    private UnsupportedOperationException unchangeable() {
        return new UnsupportedOperationException("objects are only read: key=" + key);
    }

    @Override
    public void close() {}
}
