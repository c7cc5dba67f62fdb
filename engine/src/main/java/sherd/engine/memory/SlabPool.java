package sherd.engine.memory;

/**
 * Slabs of one size for everything small: records, index buckets, column pages.
 *
 * <p>Slabs are aligned to their size, so a record finds its slab's header by masking its own address. They are cut
 * from larger chunks that the process keeps for good; a slab nobody needs goes back to the pool, for any shard and
 * any purpose to take again. Thread-safe.
 */
public final class SlabPool {
    public static final int SLAB_BYTES = 32 << 10;
    private static final int CHUNK_BYTES = 2 << 20;

    private final MemoryBudget budget;
    private long[] free = new long[CHUNK_BYTES / SLAB_BYTES];
    private int freeCount;

    public SlabPool(MemoryBudget budget) {
        this.budget = budget;
    }

    public MemoryBudget budget() {
        return budget;
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
            free = java.util.Arrays.copyOf(free, free.length * 2);
        }
        free[freeCount++] = slab;
        budget.release(purpose, SLAB_BYTES);
    }

    /** Slabs taken from the system and used by nobody now. */
    public synchronized long idleBytes() {
        return (long) freeCount * SLAB_BYTES;
    }

    private boolean grow() {
        long chunk = NativeMemory.allocate(CHUNK_BYTES, SLAB_BYTES);
        if (chunk == 0) {
            return false;
        }
        for (int offset = CHUNK_BYTES - SLAB_BYTES; offset >= 0; offset -= SLAB_BYTES) {
            free[freeCount++] = chunk + offset;
        }
        return true;
    }
}
