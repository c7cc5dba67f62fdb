package sherd.engine.memory;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * A growable run of native memory with one owner: scratch for encoding, buffers of the log and of the doors.
 * Growing moves it, so addresses into it are good only until the next {@link #ensure}.
 */
public final class Region implements AutoCloseable {
    private static final int MAX_VIEW = Integer.MAX_VALUE - 8;

    private final MemoryBudget budget;
    private final MemoryBudget.Purpose purpose;
    private long address;
    private long capacity;
    private @Nullable ByteBuffer view;
    private long viewed;

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

    /** A part of it as a buffer, for channels and the like; the next call may return the same object. */
    public ByteBuffer view(long offset, int bytes) {
        if (offset + bytes > MAX_VIEW) {
            return OffHeap.buffer(address + offset, bytes);
        }
        int most = (int) Math.min(MAX_VIEW, capacity);
        if (view == null || viewed != address || view.capacity() != most) {
            view = OffHeap.buffer(address, most);
            viewed = address;
        }
        return view.limit((int) offset + bytes).position((int) offset);
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
