package sherd.engine.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Pages on their way back to the system, step by step and from the end: during a step nobody else in the process gets pages
 * or gives any back. Any threads take steps, each its own.
 */
final class LeavingPages {
    private static final long STEP = 2 << 20;

    private final MemoryBudget.Purpose purpose;
    private final long address;
    private final AtomicLong left;

    LeavingPages(MemoryBudget.Purpose purpose, long address, long bytes) {
        this.purpose = purpose;
        this.address = address;
        this.left = new AtomicLong(bytes);
    }

    MemoryBudget.Purpose purpose() {
        return purpose;
    }

    /** Gives back the next step; how many bytes that was, 0 if all are somebody's. */
    long unmapStep() {
        long end = left.get();
        while (end > 0) {
            long step = (end - 1) % STEP + 1;
            if (left.compareAndSet(end, end - step)) {
                NativeMemory.unmap(address + end - step, step);
                return step;
            }
            end = left.get();
        }
        return 0;
    }
}
