package sherd.engine.memory;

import java.util.Arrays;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * Slabs of one size for everything small: records, index buckets, column pages.
 *
 * <p>Slabs are aligned to their size, so a record finds its slab's header by masking its own address. They are cut
 * from chunks of one huge page each, which lie in one range of addresses reserved at the start. A slab nobody needs
 * goes back to the pool, for any shard and any purpose to take again.
 *
 * <p>What lies in a chunk once committed stays readable until {@link #close}, whatever becomes of its slabs. So memory
 * may be touched ahead of its use without a lock: {@link #readable} tells addresses that are safe to read from others.
 *
 * <p>Thread-safe.
 */
public final class SlabPool implements AutoCloseable {
    public static final int SLAB_BYTES = 32 << 10;
    public static final int CACHE_LINE = 64;
    private static final int CHUNK_BYTES = 2 << 20;
    /** Recovery and removals may go beyond the limit. */
    private static final int RESERVE_FACTOR = 2;

    private static final long RESERVE_MIN = 1L << 30;
    private static final long RESERVE_MAX = 1L << 44;

    private final MemoryBudget budget;
    private final long reserved;
    private final long reservedBytes;
    private final long start;
    private final long end;
    private volatile long committed;
    private long[] free = new long[CHUNK_BYTES / SLAB_BYTES];
    private int freeCount;

    public SlabPool(MemoryBudget budget) {
        this.budget = budget;
        long wanted = Math.clamp(Math.min(budget.limitBytes(), RESERVE_MAX) * RESERVE_FACTOR, RESERVE_MIN, RESERVE_MAX);
        reservedBytes = wanted + CHUNK_BYTES;
        reserved = NativeMemory.reserve(reservedBytes);
        if (reserved == 0) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "the system refused address space: bytes=" + wanted + "; lower memory-limit or raise 'ulimit -v'");
        }
        start = (reserved + CHUNK_BYTES - 1) & -CHUNK_BYTES;
        end = start + (wanted & -CHUNK_BYTES);
        committed = start;
        if (!grow()) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY, "the system refused memory: bytes=" + CHUNK_BYTES + "; free some");
        }
    }

    public MemoryBudget budget() {
        return budget;
    }

    /**
     * The address if two cache lines there may be read at any time, by any thread, whoever owns them; else another of
     * which that is true.
     */
    public long readable(long address) {
        return address >= start && address <= committed - 2 * CACHE_LINE ? address : start;
    }

    /** A slab of undefined content, or 0 when the budget or the system has none left. */
    synchronized long take(MemoryBudget.Purpose purpose, boolean overBudget) {
        if (!budget.reserve(purpose, SLAB_BYTES, overBudget)) {
            return 0;
        }
        if (freeCount == 0 && !grow()) {
            budget.release(purpose, SLAB_BYTES);
            return 0;
        }
        return free[--freeCount];
    }

    synchronized void give(long slab, MemoryBudget.Purpose purpose) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, free.length * 2);
        }
        free[freeCount++] = slab;
        budget.release(purpose, SLAB_BYTES);
    }

    /** Slabs taken from the system and used by nobody now. */
    public synchronized long idleBytes() {
        return (long) freeCount * SLAB_BYTES;
    }

    /** Gives all memory back to the system; nobody may read any of it from now on. */
    @Override
    public synchronized void close() {
        committed = start;
        freeCount = 0;
        NativeMemory.unmap(reserved, reservedBytes);
    }

    private boolean grow() {
        long chunk = committed;
        if (chunk == end || !NativeMemory.commit(chunk, CHUNK_BYTES)) {
            return false;
        }
        committed = chunk + CHUNK_BYTES;
        for (int offset = CHUNK_BYTES - SLAB_BYTES; offset >= 0; offset -= SLAB_BYTES) {
            free[freeCount++] = chunk + offset;
        }
        return true;
    }
}
