package sherd.engine;

import java.util.function.LongConsumer;
import sherd.engine.disk.ProcessorRoom;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.Clock;

/**
 * Makes long work in the background rest as long as it has worked, again and again, while the machine has no processor
 * left over.
 *
 * <p>That it gives way is not enough. The kernel wakes a thread where the one that wakes it runs, or where nobody does:
 * work that goes on for a second on one of two processors drives I/O threads and their clients together on the other,
 * where they wait for each other. A rest of some microseconds is enough for them to part.
 *
 * <p>It does not rest when memory is so full that rows have to leave, nor when the engine is being closed. Any thread.
 */
final class Pace implements AutoCloseable {
    /** Of processors, beside those of other work: the one for a patient thread, and half of another. */
    private static final double ROOM = 1.5;

    private static final long LOOK_NANOS = 20_000_000;
    /** Work goes on for as long as this before it rests. */
    private static final long LEAST_NANOS = 50_000;

    private static final long MOST_NANOS = 5_000_000;
    /** Rows of work after which it looks. */
    static final int ROWS = 32;

    private final Clock clock;
    private final ProcessorRoom room;
    private final MemoryBudget budget;
    private final long fullBytes;
    private final LongConsumer sleep;
    private final Object looking = new Object();
    private long looked;
    private boolean crowded;
    private volatile boolean hurries;

    /**
     * @param full share of the memory from which on rows leave it
     * @param sleep for so many nanoseconds, about
     */
    Pace(Clock clock, ProcessorRoom room, MemoryBudget budget, double full, LongConsumer sleep) {
        this.clock = clock;
        this.room = room;
        this.budget = budget;
        this.sleep = sleep;
        this.fullBytes = (long) (budget.limitBytes() * full);
    }

    /** Begins a piece of work, which rests only if the thread is one of those that may wait. */
    Steps begin() {
        return begin(Thread.currentThread().getPriority() == Thread.MIN_PRIORITY);
    }

    Steps begin(boolean patient) {
        return new Steps(patient);
    }

    /** From now on nothing rests. */
    void hurry() {
        hurries = true;
    }

    private boolean rests() {
        return !hurries && budget.usedBytes() < fullBytes && crowded();
    }

    private boolean crowded() {
        synchronized (looking) {
            long now = clock.nanoTime();
            if (now - looked >= LOOK_NANOS) {
                looked = now;
                crowded = room.room(now) < ROOM;
            }
            return crowded;
        }
    }

    @Override
    public void close() {
        hurry();
        room.close();
    }

    /** One thread's piece of work. */
    final class Steps {
        private final boolean patient;
        private long began = clock.nanoTime();
        private int rows;

        private Steps(boolean patient) {
            this.patient = patient;
        }

        /** After so many rows, where this thread has no lock that commands wait for. */
        void rows(int more) {
            rows += more;
            if (rows < ROWS) {
                return;
            }
            rows = 0;
            long worked = clock.nanoTime() - began;
            if (worked < LEAST_NANOS) {
                return;
            }
            if (patient && rests()) {
                sleep.accept(Math.min(MOST_NANOS, worked));
            }
            began = clock.nanoTime();
        }
    }
}
