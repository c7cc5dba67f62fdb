package sherd.engine.memory;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * A growable run of native memory with one owner: scratch for encoding, buffers of the log and of the doors.
 * Growing moves it, so addresses into it are good only until the next {@link #ensure}.
 *
 * <p>A large region is pages of its own, which are moved without being copied. So it need not grow by doubling, and what
 * it has beyond what was asked for is little.
 */
public final class Region implements AutoCloseable {
    private static final int MAX_VIEW = Integer.MAX_VALUE - 8;
    private static final long PAGES_FROM = 256 << 10;
    private static final long PAGE = 4096;
    private static final long DOUBLED_UP_TO = 4 << 20;
    private static final int GROWTH_SHARE = 8;

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
            resize(grown(bytes), capacity);
        }
    }

    /** The capacity that {@link #ensure} would give it. */
    public long grown(long bytes) {
        long step = Math.max(Math.min(capacity, DOUBLED_UP_TO), capacity / GROWTH_SHARE);
        return bytes <= capacity ? capacity : round(Math.max(bytes, capacity + step));
    }

    /** Gives memory back down to {@code bytes}; the content is gone. */
    public void shrink(long bytes) {
        if (capacity > round(bytes)) {
            resize(round(bytes), 0);
        }
    }

    /**
     * Gives the memory from {@code from} to {@code to} back to the system until it is used again: its content is gone, its
     * addresses and its part of the budget stay. Whole pages of a large region only.
     */
    public void forget(long from, long to) {
        long first = (address + from + PAGE - 1) & -PAGE;
        long end = (address + Math.min(to, capacity)) & -PAGE;
        if (capacity >= PAGES_FROM && first < end) {
            NativeMemory.forget(first, end - first);
        }
    }

    @Override
    public void close() {
        if (address != 0) {
            if (capacity >= PAGES_FROM) {
                budget.giveBack(purpose, address, capacity);
            } else {
                NativeMemory.free(address);
                budget.release(purpose, capacity);
            }
            address = 0;
            capacity = 0;
        }
    }

    private void resize(long bytes, long keep) {
        budget.reserve(purpose, bytes);
        if (capacity >= PAGES_FROM && bytes >= PAGES_FROM) {
            address = require(NativeMemory.remap(address, capacity, bytes), bytes);
        } else {
            long fresh = take(bytes);
            OffHeap.copy(address, fresh, keep);
            give(address, capacity);
            address = fresh;
        }
        budget.release(purpose, capacity);
        capacity = bytes;
    }

    private long take(long bytes) {
        return require(bytes >= PAGES_FROM ? NativeMemory.map(bytes) : NativeMemory.allocate(bytes, 64), bytes);
    }

    private static void give(long address, long bytes) {
        if (bytes >= PAGES_FROM) {
            NativeMemory.unmap(address, bytes);
        } else {
            NativeMemory.free(address);
        }
    }

    private long require(long taken, long bytes) {
        if (taken == 0) {
            budget.release(purpose, bytes);
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY, "the system refused memory: bytes=" + bytes + "; lower memory-limit");
        }
        return taken;
    }

    private static long round(long bytes) {
        long unit = bytes >= PAGES_FROM ? PAGE : 64;
        return Math.max(64, (bytes + unit - 1) & -unit);
    }
}
