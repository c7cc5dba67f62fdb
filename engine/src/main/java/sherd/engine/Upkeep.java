package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import sherd.engine.error.StoreException;
import sherd.engine.lock.Threads;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;

/** Background work on segments, on a thread of its own since it may take long: rows too old go, small ones are merged. */
final class Upkeep implements AutoCloseable {
    private static final long TICK_NANOS = 500_000_000;
    private static final int TICKS_AFTER_FAILURE = 20;

    private final Database database;
    private final Merger merger;
    private final Retention retention;
    private final boolean merging;
    private final Events events;
    private final Thread thread;
    private volatile boolean closing;

    @SuppressWarnings("ThreadPriorityCheck") // what it does may wait
    Upkeep(
            Database database,
            Merger merger,
            Retention retention,
            boolean merging,
            ThreadFactory threads,
            Events events) {
        this.database = database;
        this.merger = merger;
        this.retention = retention;
        this.merging = merging;
        this.events = events;
        this.thread = threads.newThread(this::run);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void start() {
        thread.start();
    }

    private void run() {
        int pause = 0;
        while (!closing) {
            LockSupport.parkNanos(TICK_NANOS);
            if (!closing && --pause < 0) {
                pause = tick() ? 0 : TICKS_AFTER_FAILURE;
            }
        }
    }

    private boolean tick() {
        try {
            for (var table : database.tables()) {
                if (closing) {
                    return true;
                }
                retention.apply(table);
                boolean more = merging;
                while (more && !closing && !table.dropped()) {
                    more = merger.mergeSome(table);
                }
            }
            return true;
        } catch (StoreException e) {
            events.on(
                    new Event.Warning("background work on segments failed, it will be tried again: " + e.getMessage()));
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Threads.awaitEnd(thread);
    }
}
