package sherd.engine.archive;

import java.nio.ByteBuffer;
import java.util.Arrays;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.disk.DiskFile;

/** Takes bytes as a file would and compares them with those of a part of a file that is there. */
final class ComparedFile implements DiskFile {
    private final CheckedFile file;
    private final Extent part;
    private final ReadStats stats;
    private long firstDifference = -1;
    private long size;

    ComparedFile(CheckedFile file, Extent part, ReadStats stats) {
        this.file = file;
        this.part = part;
        this.stats = stats;
    }

    /** Where the part first differs from what was written, or -1. */
    long firstDifference() {
        return firstDifference < 0 && size != part.length() ? Math.min(size, part.length()) : firstDifference;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer target, long offset) {
        throw new UnsupportedOperationException("bytes that were compared are gone");
    }

    @Override
    public void write(ByteBuffer source, long offset) {
        var given = new byte[source.remaining()];
        source.get(given);
        size = Math.max(size, offset + given.length);
        int there = (int) Math.max(0, Math.min(given.length, part.length() - offset));
        var wanted = file.read(part.offset() + Math.min(offset, part.length()), there, stats);
        int mismatch = Arrays.mismatch(given, wanted);
        if (mismatch >= 0 && firstDifference < 0) {
            firstDifference = offset + mismatch;
        }
    }

    @Override
    public void truncate(long bytes) {
        throw new UnsupportedOperationException("bytes that were compared are gone");
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
}
