package sherd.engine.memory;

import sherd.engine.memory.MemoryBudget.Purpose;

/** Bytes of a large block that stay as they are until they are given back, whatever becomes of the record. */
public final class LentBytes implements AutoCloseable {
    private final MemoryBudget budget;
    private final Purpose purpose;
    private final long block;
    private final long address;
    private final int length;
    private boolean closed;

    LentBytes(MemoryBudget budget, Purpose purpose, long block, long address, int length) {
        this.budget = budget;
        this.purpose = purpose;
        this.block = block;
        this.address = address;
        this.length = length;
        LargeBlock.hold(block);
    }

    public long address() {
        return address;
    }

    public int length() {
        return length;
    }

    /** On any thread, by one at a time. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LargeBlock.letGo(budget, purpose, block);
        }
    }
}
