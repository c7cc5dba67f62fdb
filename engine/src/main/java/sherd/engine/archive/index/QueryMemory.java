package sherd.engine.archive.index;

import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/** What one query holds in sets of rows or in groups, bounded. One owner. */
public final class QueryMemory implements AutoCloseable {
    /** Enough for sets over ten million rows; they are on the heap, so a small one leaves room for other queries. */
    public static final long USUAL_BYTES =
            Math.min(32L << 20, Runtime.getRuntime().maxMemory() / 16);

    /** So little is taken without asking: a node whose memory is full of rows can still be searched. */
    private static final long UNASKED_BYTES = 1 << 20;

    private final MemoryBudget budget;
    private final long limitBytes;
    private long held;
    private long most;

    public QueryMemory(MemoryBudget budget, long limitBytes) {
        this.budget = budget;
        this.limitBytes = limitBytes;
    }

    /** The most that was held at a time. */
    public long mostBytes() {
        return most;
    }

    /** Takes more of what it may have; {@link #close} gives all of it back. */
    public void take(long bytes) {
        if (!tryTake(bytes)) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "the query needs more memory than it may have: bytes=" + (held + bytes) + " limit=" + limitBytes
                            + "; ask for rarer words or a shorter time");
        }
    }

    /** The same; false if it may not have so much. */
    public boolean tryTake(long bytes) {
        if (held + bytes > limitBytes || !reserve(bytes)) {
            return false;
        }
        held += bytes;
        most = Math.max(most, held);
        return true;
    }

    private boolean reserve(long bytes) {
        if (held + bytes > UNASKED_BYTES) {
            return budget.tryReserve(MemoryBudget.Purpose.CACHE, bytes);
        }
        budget.reserve(MemoryBudget.Purpose.CACHE, bytes);
        return true;
    }

    void give(long bytes) {
        held -= bytes;
        budget.release(MemoryBudget.Purpose.CACHE, bytes);
    }

    @Override
    public void close() {
        give(held);
    }
}
