package sherd.engine.memory;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

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
    private static final long LAST_STEP_NANOS = 50_000;

    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLongArray byPurpose = new AtomicLongArray(Purpose.values().length);

    private final AtomicLong leaving = new AtomicLong();
    private final Queue<LeavingPages> pages = new ConcurrentLinkedQueue<>();

    private volatile Executor returns = Runnable::run;

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Reserves, or says no and changes nothing; what is on its way back to the system is waited for. */
    public boolean tryReserve(Purpose purpose, long bytes) {
        if (used.addAndGet(bytes) > limitBytes && !fitsSoon(0)) {
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

    /** Gives pages back, and releases what they took as they go. */
    void giveBack(Purpose purpose, long address, long bytes) {
        var given = new LeavingPages(purpose, address, bytes);
        leaving.addAndGet(bytes);
        if (bytes < MANY_PAGES) {
            giveBackAll(given);
            return;
        }
        pages.add(given);
        try {
            returns.execute(() -> giveBackAll(given));
        } catch (RejectedExecutionException _) {
            giveBackAll(given); // nobody else does it any more
        }
    }

    private void giveBackAll(LeavingPages given) {
        boolean more = true;
        while (more) {
            more = giveBackStep(given);
        }
        pages.remove(given);
    }

    private boolean giveBackStep(LeavingPages given) {
        long bytes = given.unmapStep();
        release(given.purpose(), bytes);
        leaving.addAndGet(-bytes); // not before: what is used less what leaves must not overstate
        return bytes > 0;
    }

    /** Whether so much more could be reserved now. */
    public boolean hasRoom(long bytes) {
        return used.get() + bytes <= limitBytes || fitsSoon(bytes);
    }

    /** Whether what is used and so much more is within the limit once pages have left, which this helps with. */
    private boolean fitsSoon(long bytes) {
        while (used.get() + bytes > limitBytes) {
            long less = leaving.get(); // first: what leaves in between counts as less used, not as more
            if (used.get() + bytes - less > limitBytes) {
                return false;
            }
            var next = pages.peek();
            if (next == null) {
                LockSupport.parkNanos(LAST_STEP_NANOS); // others are at it
            } else if (!giveBackStep(next)) {
                pages.remove(next);
            }
        }
        return true;
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
