package sherd.engine.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.Region;
import sherd.engine.time.Clock;

/**
 * The log's files. The newest is written, by one thread; the older ones are complete and durable and may be deleted by
 * others, oldest first.
 */
final class LogFiles implements AutoCloseable {
    /** Chunks of fewer blocks are cheaper to copy than to wait for. */
    private static final int DIRECT_FROM_BLOCKS = 32;

    private static final int SCRATCH_BYTES = DiskFile.MAX_DIRECT_BLOCK + LogLayout.FRAME_HEADER_BYTES;

    private final Disk disk;
    private final Clock clock;
    private final long fileBytes;
    private final Region scratch;
    private final CRC32C crc = new CRC32C();
    private final Deque<Long> firstLsns = new ArrayDeque<>();
    private @Nullable DiskFile current;
    private long position;
    private int salt;

    LogFiles(Disk disk, Clock clock, long fileBytes, MemoryBudget budget) {
        this.disk = disk;
        this.clock = clock;
        this.fileBytes = fileBytes;
        this.scratch = new Region(budget, MemoryBudget.Purpose.LOG, SCRATCH_BYTES);
    }

    /** Goes on after what recovery found: in a new file, or in the last one if that holds nothing yet. */
    void resume(LogRecovery.Found found) throws IOException {
        synchronized (firstLsns) {
            firstLsns.addAll(found.firstLsns());
        }
        if (found.emptyLast() == null) {
            begin(found.endLsn());
            return;
        }
        String name = LogLayout.fileName(found.endLsn());
        salt = found.emptyLast();
        current = disk.openForWrite(name);
        position = LogLayout.FILE_HEADER_BYTES;
        disk.syncFolder(LogLayout.FOLDER);
    }

    /**
     * Writes the chunk.
     *
     * @param mayWait whether the caller can wait for the device: then a large chunk goes past the system's cache, for
     *     which it is padded to whole blocks
     */
    void write(LogChunk chunk, long durableLsn, boolean mayWait) throws IOException {
        var file = file();
        var bytes = chunk.seal(durableLsn, salt, crc);
        int block = mayWait ? file.directBlock() : 0;
        if (block == 0 || chunk.bytes() < block * DIRECT_FROM_BLOCKS) {
            file.write(bytes, position);
        } else {
            padTo(block, chunk.firstLsn(), durableLsn);
            file.writeDirect(chunk.pad(block, durableLsn, salt, crc), position);
        }
        position += chunk.bytes();
    }

    private void padTo(int block, long lsn, long durableLsn) throws IOException {
        int padding = LogLayout.paddingBytes(position, block);
        if (padding > 0) {
            LogLayout.writePadding(scratch.address(), padding, lsn, durableLsn, salt, crc);
            file().write(scratch.view(0, padding), position);
            position += padding;
        }
    }

    boolean hasRoomFor(LogChunk chunk) {
        return position == LogLayout.FILE_HEADER_BYTES || position + chunk.bytes() <= fileBytes;
    }

    void sync() throws IOException {
        file().sync();
    }

    /** Leaves the current file, which must be synced, for a new one: it is durable before anything goes into it. */
    void begin(long lsn) throws IOException {
        closeCurrent();
        DiskFile file = disk.create(LogLayout.fileName(lsn));
        current = file;
        salt = Long.hashCode((clock.epochMillis() * 31 + clock.nanoTime()) * 0x9E3779B97F4A7C15L + lsn);
        LogLayout.writeFileHeader(scratch.address(), lsn, salt);
        file.write(scratch.view(0, LogLayout.FILE_HEADER_BYTES), 0);
        file.sync();
        disk.syncFolder(LogLayout.FOLDER);
        position = LogLayout.FILE_HEADER_BYTES;
        synchronized (firstLsns) {
            firstLsns.add(lsn);
        }
    }

    /** Says that the log ends here on purpose; everything before must be durable. */
    void markEnd(long lsn) throws IOException {
        LogLayout.beginFrame(scratch.address(), LogLayout.END_MARK, lsn);
        LogLayout.sealFrame(scratch.address(), lsn, 0, salt, crc);
        file().write(scratch.view(0, LogLayout.FRAME_HEADER_BYTES), position);
        file().sync();
    }

    /** Deletes files that end at or before {@code lsn}. Each name goes for good before the next, so no gap can appear. */
    synchronized void deleteBefore(long lsn) throws IOException {
        long first = oldestDeletable(lsn);
        while (first >= 0) {
            disk.delete(LogLayout.fileName(first));
            disk.syncFolder(LogLayout.FOLDER);
            synchronized (firstLsns) {
                firstLsns.removeFirst();
            }
            first = oldestDeletable(lsn);
        }
    }

    private long oldestDeletable(long lsn) {
        synchronized (firstLsns) {
            if (firstLsns.size() < 2) {
                return -1;
            }
            var files = firstLsns.iterator();
            long first = files.next();
            return files.next() <= lsn ? first : -1;
        }
    }

    long oldestLsn() {
        synchronized (firstLsns) {
            return firstLsns.getFirst();
        }
    }

    void closeCurrent() throws IOException {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private DiskFile file() throws IOException {
        if (current == null) {
            throw new IOException("the log file is closed");
        }
        return current;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
