package sherd.engine.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Mutual exclusion for very short sections; not reentrant. Taking and releasing it is one compare-and-set and one store.
 *
 * <p>Why not {@link java.util.concurrent.locks.ReentrantLock}: a thread that meets a held lock parks, and waking it costs a
 * hundred times what the lock was held for. Who waits here spins, then yields to a holder that has lost its processor,
 * then sleeps in short steps, since a checkpoint may hold a shard for longer.
 */
public final class SpinLock {
    private static final int SPINS = 32;
    private static final int YIELDS = 4;
    private static final long SLEEP_NANOS = 20_000;
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(SpinLock.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through OWNER
    private volatile @Nullable Thread owner;

    public void lock() {
        if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {
            waitFor(Thread.currentThread());
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the yield is for speed; without a scheduler's help the sleep comes
    private void waitFor(Thread self) {
        if (owner == self) {
            throw new IllegalMonitorStateException("the lock is not reentrant");
        }
        for (int round = 0; ; round++) {
            if (owner == null && OWNER.compareAndSet(this, null, self)) {
                return;
            }
            if (round < SPINS) {
                Thread.onSpinWait();
            } else if (round < SPINS + YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, SLEEP_NANOS);
            }
        }
    }

    /** Only by the thread that holds it. */
    public void unlock() {
        OWNER.setRelease(this, null);
    }

    public boolean heldByMe() {
        return owner == Thread.currentThread();
    }
}
