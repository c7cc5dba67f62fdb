package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import sherd.engine.error.StoreException;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;
import sherd.engine.route.ShardedTable;

/** Background work on segments, on a thread of its own since it may take long: rows too old go, small ones are merged. */
final class Upkeep implements AutoCloseable {
    private static final long TICK_NANOS = 500_000_000;
    private static final int TICKS_AFTER_FAILURE = 20;

    private final Database database;
    private final Merger merger;
    private final Retention retention;
    private final boolean merging;
    private final Events events;
    private final BackgroundThread thread;

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
        this.thread = new BackgroundThread(threads, this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        int pause = 0;
        while (!thread.closing()) {
            LockSupport.parkNanos(TICK_NANOS);
            if (!thread.closing() && --pause < 0) {
                pause = tick() ? 0 : TICKS_AFTER_FAILURE;
            }
        }
    }

    private boolean tick() {
        boolean fine = true;
        for (var table : database.tables()) {
            fine &= thread.closing() || tick(table);
        }
        return fine;
    }

    /** What one table's segments do not allow is no reason to leave the others. */
    private boolean tick(ShardedTable table) {
        try {
            retention.apply(table);
            boolean more = merging;
            while (more && !thread.closing() && !table.dropped()) {
                more = merger.mergeSome(table);
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
        thread.close();
    }
}
