package sherd.engine.memory;

import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget.Purpose;

/**
 * Memory for a large record, filled before the record is made: its end first. Belongs to nobody's heap until one
 * {@link RecordHeap#adopt adopts} it.
 */
public final class StagedBlock implements AutoCloseable {
    private final MemoryBudget budget;
    private final Purpose purpose;
    private final long end;
    private long block;

    private StagedBlock(MemoryBudget budget, Purpose purpose, long block, long end) {
        this.budget = budget;
        this.purpose = purpose;
        this.block = block;
        this.end = end;
    }

    /**
     * Null when memory is out.
     *
     * @param bytes of the record, but for what stands before the key
     */
    public static @Nullable StagedBlock allocate(MemoryBudget budget, Purpose purpose, long bytes) {
        long block = LargeBlock.allocate(budget, purpose, LargeBlock.HEAD_ROOM + bytes, false);
        return block == 0 ? null : new StagedBlock(budget, purpose, block, block + LargeBlock.HEAD_ROOM + bytes);
    }

    /** Where the record ends. */
    public long end() {
        return end;
    }

    /** Where a record of so many bytes begins, or 0 if there is no room for as many. */
    long start(long bytes) {
        return bytes >= LargeBlock.FROM && end - bytes >= block ? end - bytes : 0;
    }

    /** Names the block, which is a heap's from now on. */
    long give() {
        long given = block;
        block = 0;
        return given;
    }

    @Override
    public void close() {
        if (block != 0) {
            LargeBlock.letGo(budget, purpose, block);
            block = 0;
        }
    }
}
