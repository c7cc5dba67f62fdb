package sherd.engine.route;

import org.jspecify.annotations.Nullable;
import sherd.engine.log.CommitLog;
import sherd.engine.log.LogTail;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.StagedBlock;

/**
 * A string of many bytes on its way to a row and to the commit log: copied to both step by step, while nothing is locked
 * and others are served, before the unit of work that puts it there.
 */
public final class StagedValue implements AutoCloseable {
    /** What stands before the key in the log's form of a row that only one shard has written. */
    private static final int HEAD_BYTES = 64;

    private final StagedBlock row;
    private final LogTail tail;
    private final int length;
    private int copied;

    private StagedValue(StagedBlock row, LogTail tail, int length) {
        this.row = row;
        this.tail = tail;
        this.length = length;
    }

    /** Null if memory is too short to have it twice, or it is not long enough for the log. */
    public static @Nullable StagedValue begin(MemoryBudget budget, CommitLog log, int keyLength, int length) {
        var tail = log.tail(HEAD_BYTES + keyLength, length);
        if (tail == null) {
            return null;
        }
        var row = StagedBlock.allocate(budget, MemoryBudget.Purpose.RECORDS, (long) keyLength + length);
        if (row == null) {
            tail.close();
            return null;
        }
        return new StagedValue(row, tail, length);
    }

    public int length() {
        return length;
    }

    /** Copies some more bytes; the source, the whole value, may be elsewhere each time. True if that was the last. */
    public boolean copySome(long source, int bytes) {
        int some = Math.min(bytes, length - copied);
        OffHeap.copy(source + copied, row.end() - length + copied, some);
        OffHeap.copy(source + copied, tail.address() + copied, some);
        copied += some;
        return complete();
    }

    public boolean complete() {
        return copied == length;
    }

    StagedBlock row() {
        return row;
    }

    LogTail tail() {
        return tail;
    }

    static boolean fitsHead(int headBytes, int keyLength) {
        return headBytes <= HEAD_BYTES + keyLength;
    }

    @Override
    public void close() {
        row.close();
        tail.close();
    }
}
