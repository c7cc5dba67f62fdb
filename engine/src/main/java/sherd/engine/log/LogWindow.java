package sherd.engine.log;

import java.io.IOException;
import java.util.zip.CRC32C;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** The part of a file that is in memory, moved forward by large reads. */
final class LogWindow implements AutoCloseable {
    static final int BYTES = 1 << 20;

    private final DiskFile file;
    private final long size;
    private final Region region;
    private long start;
    private int length;

    LogWindow(DiskFile file, MemoryBudget budget) throws IOException {
        this.file = file;
        this.size = file.size();
        this.region = new Region(budget, MemoryBudget.Purpose.LOG, Math.min(size, BYTES));
    }

    long size() {
        return size;
    }

    /** Address of a run of the file's bytes; valid until the next call. */
    long at(long offset, int bytes) throws IOException {
        if (offset < start || offset + bytes > start + length) {
            int wanted = (int) Math.min(Math.max(bytes, BYTES), size - offset);
            region.ensure(wanted);
            start = offset;
            length = 0;
            length = file.read(OffHeap.buffer(region.address(), wanted), offset);
            if (length < bytes) {
                throw new IOException("the file became shorter while it was read: offset=" + offset);
            }
        }
        return region.address() + (offset - start);
    }

    /** Checksum of the whole file. */
    int crc() throws IOException {
        var crc = new CRC32C();
        for (long at = 0; at < size; at += BYTES) {
            int bytes = (int) Math.min(size - at, BYTES);
            crc.update(OffHeap.buffer(at(at, bytes), bytes));
        }
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        region.close();
    }
}
