package sherd.engine.memory;

import java.util.Optional;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * A growable run of native memory with one owner: scratch for encoding, buffers of the log and of the doors.
 * Growing moves it, so addresses into it are good only until the next {@link #ensure}.
 */
public final class Region implements AutoCloseable {
    private final MemoryBudget budget;
    private final MemoryBudget.Purpose purpose;
    private long address;
    private long capacity;

    public Region(MemoryBudget budget, MemoryBudget.Purpose purpose, long capacity) {
        this.budget = budget;
        this.purpose = purpose;
        this.capacity = round(capacity);
        budget.reserve(purpose, this.capacity);
        this.address = take(this.capacity);
    }

    /** A region within the budget, or empty when that has no room. */
    public static Optional<Region> within(MemoryBudget budget, MemoryBudget.Purpose purpose, long capacity) {
        if (!budget.tryReserve(purpose, round(capacity))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Region(budget, purpose, capacity));
        } finally {
            budget.release(purpose, round(capacity)); // the region has reserved for itself
        }
    }

    public long address() {
        return address;
    }

    public long capacity() {
        return capacity;
    }

    /** Makes room for {@code bytes}, keeping what is there. */
    public void ensure(long bytes) {
        if (bytes > capacity) {
            resize(round(Math.max(bytes, capacity * 2)), capacity);
        }
    }

    /** Gives memory back down to {@code bytes}; the content is gone. */
    public void shrink(long bytes) {
        if (capacity > round(bytes)) {
            resize(round(bytes), 0);
        }
    }

    @Override
    public void close() {
        if (address != 0) {
            NativeMemory.free(address);
            budget.release(purpose, capacity);
            address = 0;
            capacity = 0;
        }
    }

    private void resize(long bytes, long keep) {
        budget.reserve(purpose, bytes);
        long fresh = take(bytes);
        OffHeap.copy(address, fresh, keep);
        NativeMemory.free(address);
        budget.release(purpose, capacity);
        address = fresh;
        capacity = bytes;
    }

    private static long take(long bytes) {
        long address = NativeMemory.allocate(bytes, 64);
        if (address == 0) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY, "the system refused memory: bytes=" + bytes + "; lower memory-limit");
        }
        return address;
    }

    private static long round(long bytes) {
        return Math.max(64, (bytes + 63) & ~63L);
    }
}
