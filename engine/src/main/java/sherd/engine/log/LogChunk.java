package sherd.engine.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** A run of frames in memory, laid out as in the file, so that one write takes it there. */
final class LogChunk implements AutoCloseable {
    private final Region region;
    private final ByteBuffer view;
    private final int capacity;
    private final int frameTarget;
    private int used;
    private int frameStart;

    LogChunk(MemoryBudget budget, int capacity) {
        this.region = new Region(budget, MemoryBudget.Purpose.LOG, capacity);
        this.view = OffHeap.buffer(region.address(), capacity);
        this.capacity = capacity;
        this.frameTarget = Math.min(LogLayout.FRAME_TARGET_BYTES, capacity / 2);
    }

    /** Takes the batch, or says that there is no room. */
    boolean add(long startLsn, long address, int length) {
        long bytes = (long) LogLayout.BATCH_HEADER_BYTES + length;
        boolean fresh = used == 0 || used - frameStart + bytes > frameTarget;
        if (used + bytes + (fresh ? LogLayout.FRAME_HEADER_BYTES : 0) > capacity) {
            return false;
        }
        if (fresh) {
            frameStart = used;
            LogLayout.beginFrame(region.address() + used, LogLayout.FRAME, startLsn);
            used += LogLayout.FRAME_HEADER_BYTES;
        }
        LogLayout.addBatch(region.address() + frameStart, address, length);
        used += (int) bytes;
        return true;
    }

    /** For a chunk filled before its place in the order was known. */
    void startAt(long lsn) {
        OffHeap.putLong(region.address() + 8, lsn);
    }

    boolean isEmpty() {
        return used == 0;
    }

    int bytes() {
        return used;
    }

    int capacity() {
        return capacity;
    }

    long firstLsn() {
        return LogLayout.firstLsn(region.address());
    }

    /** The LSN just past the last batch. */
    long endLsn() {
        long frame = region.address() + frameStart;
        return LogLayout.firstLsn(frame) + LogLayout.payloadBytes(frame);
    }

    /** Completes the frame headers; returns the bytes to write. */
    ByteBuffer seal(long durableLsn, int salt, CRC32C crc) {
        int at = 0;
        while (at < used) {
            long frame = region.address() + at;
            int payload = at + LogLayout.FRAME_HEADER_BYTES;
            int end = payload + LogLayout.payloadBytes(frame);
            crc.reset();
            crc.update(view.limit(end).position(payload));
            LogLayout.sealFrame(frame, durableLsn, (int) crc.getValue(), salt, crc);
            at = end;
        }
        return view.limit(used).position(0);
    }

    void clear() {
        used = 0;
        frameStart = 0;
    }

    @Override
    public void close() {
        region.close();
    }
}
