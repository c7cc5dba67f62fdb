package sherd.engine.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** A run of frames in memory, laid out as in the file, so that one write takes it there. */
final class LogChunk implements AutoCloseable {
    private static final int BLOCK = DiskFile.MAX_DIRECT_BLOCK;
    private static final int PADDING_ROOM = BLOCK + LogLayout.FRAME_HEADER_BYTES;
    /** A thread that sums cannot be stopped, and others wait for it to. */
    private static final int SUMMED_AT_ONCE = 1 << 20;

    /** Enough for a trickle of writes. */
    private static final int KEPT_AT_REST = 64 << 10;

    private final Region region;
    /** Where the frames begin: at a block, so that they can be written past the system's cache. */
    private final long base;

    private final ByteBuffer view;
    private final int capacity;
    private final int frameTarget;
    private int used;
    /** The most that was in use since the last rest. */
    private int touched;

    private int frameStart;
    private int padding;

    LogChunk(MemoryBudget budget, int capacity) {
        int most = capacity + PADDING_ROOM;
        this.region = new Region(budget, MemoryBudget.Purpose.LOG, most + (long) BLOCK);
        this.base = (region.address() + BLOCK - 1) & -BLOCK;
        this.view = OffHeap.buffer(base, most);
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
            LogLayout.beginFrame(base + used, LogLayout.FRAME, startLsn);
            used += LogLayout.FRAME_HEADER_BYTES;
        }
        LogLayout.addBatch(base + frameStart, address, length);
        used += (int) bytes;
        return true;
    }

    /** For a chunk filled before its place in the order was known. */
    void startAt(long lsn) {
        OffHeap.putLong(base + 8, lsn);
        OffHeap.putLong(base + frameStart + 8, lsn);
    }

    /** Where the end of a batch goes that is the only one, before its beginning is known. */
    long tail(int bytes) {
        return base + capacity - bytes;
    }

    /** Puts the beginning of the batch before its end; what is left before both becomes padding. */
    void complete(long head, int headBytes, int tailBytes) {
        int length = headBytes + tailBytes;
        frameStart = capacity - length - LogLayout.BATCH_HEADER_BYTES - LogLayout.FRAME_HEADER_BYTES;
        LogLayout.beginFrame(base, LogLayout.PADDING, 0);
        LogLayout.fillFrame(base, frameStart - LogLayout.FRAME_HEADER_BYTES);
        LogLayout.beginFrame(base + frameStart, LogLayout.FRAME, 0);
        LogLayout.addHead(base + frameStart, head, headBytes, length);
        used = capacity;
    }

    /** Gives back to the system what an empty chunk has beyond its beginning. */
    void rest() {
        region.forget(KEPT_AT_REST, touched + 2L * BLOCK);
        touched = 0;
    }

    boolean isEmpty() {
        return used == 0;
    }

    int bytes() {
        return used + padding;
    }

    int capacity() {
        return capacity;
    }

    long firstLsn() {
        return LogLayout.firstLsn(base);
    }

    /** The LSN just past the last batch. */
    long endLsn() {
        long frame = base + frameStart;
        return LogLayout.firstLsn(frame) + LogLayout.payloadBytes(frame);
    }

    /** Completes the frame headers; returns the bytes to write. */
    ByteBuffer seal(long durableLsn, int salt, CRC32C crc) {
        int at = 0;
        while (at < used) {
            long frame = base + at;
            int payload = at + LogLayout.FRAME_HEADER_BYTES;
            int end = payload + LogLayout.payloadBytes(frame);
            crc.reset();
            for (long from = payload; from < end; from += SUMMED_AT_ONCE) {
                crc.update(
                        view.limit((int) Math.min(end, from + SUMMED_AT_ONCE)).position((int) from));
            }
            LogLayout.sealFrame(frame, durableLsn, (int) crc.getValue(), salt, crc);
            at = end;
        }
        return view.limit(used).position(0);
    }

    /** After {@link #seal}: adds padding up to a whole number of blocks; returns the bytes to write. */
    ByteBuffer pad(int block, long durableLsn, int salt, CRC32C crc) {
        padding = LogLayout.paddingBytes(used, block);
        if (padding > 0) {
            LogLayout.writePadding(base + used, padding, endLsn(), durableLsn, salt, crc);
        }
        return view.limit(used + padding).position(0);
    }

    void clear() {
        touched = Math.max(touched, used + padding);
        used = 0;
        padding = 0;
        frameStart = 0;
    }

    @Override
    public void close() {
        region.close();
    }
}
