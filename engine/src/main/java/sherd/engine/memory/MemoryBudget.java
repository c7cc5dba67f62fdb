package sherd.engine.memory;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The one limit over everything that grows with the data, with an account per purpose.
 *
 * <p>Memory is reserved before it is taken from the system and released after it went back, so {@link #used}
 * never understates.
 */
@SuppressWarnings("EnumOrdinal") // an array cell per purpose
public final class MemoryBudget {
    /** What memory is for; each is reported on its own. */
    public enum Purpose {
        RECORDS,
        INDEX,
        COLUMNS,
        LOG,
        NETWORK,
        CACHE
    }

    private static final long MANY_PAGES = 8 << 20;
    private static final long STEP = 2 << 20;

    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLongArray byPurpose = new AtomicLongArray(Purpose.values().length);

    private volatile Executor returns = Runnable::run;

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Reserves, or says no and changes nothing. */
    public boolean tryReserve(Purpose purpose, long bytes) {
        if (used.addAndGet(bytes) > limitBytes) {
            used.addAndGet(-bytes);
            refusals.incrementAndGet();
            return false;
        }
        byPurpose.addAndGet(purpose.ordinal(), bytes);
        return true;
    }

    /** Reserves beyond the limit too: for what must not fail half way, such as recovery and control structures. */
    public void reserve(Purpose purpose, long bytes) {
        used.addAndGet(bytes);
        byPurpose.addAndGet(purpose.ordinal(), bytes);
    }

    boolean reserve(Purpose purpose, long bytes, boolean overBudget) {
        if (overBudget) {
            reserve(purpose, bytes);
            return true;
        }
        return tryReserve(purpose, bytes);
    }

    public void release(Purpose purpose, long bytes) {
        used.addAndGet(-bytes);
        byPurpose.addAndGet(purpose.ordinal(), -bytes);
    }

    /**
     * Where pages are given back to the system from now on when there are many: that takes as long as a hundred commands,
     * and who has no more use for them may have others waiting.
     */
    public void giveBackOn(Executor executor) {
        returns = executor;
    }

    /** Gives pages back, and then releases what they took. */
    void giveBack(Purpose purpose, long address, long bytes) {
        if (bytes >= MANY_PAGES) {
            try {
                returns.execute(() -> giveBackNow(purpose, address, bytes));
                return;
            } catch (RejectedExecutionException _) {
                // nobody else does it any more
            }
        }
        giveBackNow(purpose, address, bytes);
    }

    /** From the end, step by step: meanwhile nobody else gets pages or gives any back. */
    private void giveBackNow(Purpose purpose, long address, long bytes) {
        long left = bytes;
        while (left > 0) {
            long step = (left - 1) % STEP + 1;
            left -= step;
            NativeMemory.unmap(address + left, step);
        }
        release(purpose, bytes);
    }

    public long usedBytes() {
        return used.get();
    }

    public long usedBytes(Purpose purpose) {
        return byPurpose.get(purpose.ordinal());
    }

    /** How often there was no room: memory may be short long before it is full when much is wanted at once. */
    public long refusals() {
        return refusals.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
