package sherd.engine.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;

/** Who waits for the log: for an LSN to be durable, or for room. Callbacks run without the lock, in the order they came. */
final class LogWaiters {
    private final Events events;
    private long[] lsns = new long[64];
    private CommitLog.@Nullable Acknowledgement[] callbacks = new CommitLog.Acknowledgement[64];
    private int count;
    private final Queue<Runnable> forRoom = new ArrayDeque<>();
    private long settledLsn;
    private boolean over;

    LogWaiters(Events events, long settledLsn) {
        this.events = events;
        this.settledLsn = settledLsn;
    }

    /** Calls back now if the fate of {@code lsn} is known, else from {@link #settle} or {@link #endAll}. */
    void add(long lsn, CommitLog.Acknowledgement callback) {
        boolean known;
        boolean inDoubt;
        synchronized (this) {
            inDoubt = lsn > settledLsn;
            known = over || !inDoubt;
            if (!known) {
                keep(lsn, callback);
            }
        }
        if (known) {
            callback.done(inDoubt);
        }
    }

    private void keep(long lsn, CommitLog.Acknowledgement callback) {
        if (count == lsns.length) {
            lsns = Arrays.copyOf(lsns, count * 2);
            callbacks = Arrays.copyOf(callbacks, count * 2);
        }
        lsns[count] = lsn;
        callbacks[count++] = callback;
    }

    /** Calls back now if there is room, else from {@link #haveRoom}, which must follow the making of room. */
    void addForRoom(BooleanSupplier congested, Runnable callback) {
        synchronized (this) {
            if (congested.getAsBoolean() && !over) {
                forRoom.add(callback);
                return;
            }
        }
        callback.run();
    }

    /** Everything up to {@code lsn} is durable: tells those who wait for that. */
    void settle(long lsn) {
        var due = new ArrayList<CommitLog.Acknowledgement>();
        synchronized (this) {
            settledLsn = lsn;
            int kept = 0;
            for (int i = 0; i < count; i++) {
                var callback = callbacks[i];
                if (callback != null && lsns[i] <= lsn) {
                    due.add(callback);
                } else {
                    lsns[kept] = lsns[i];
                    callbacks[kept++] = callback;
                }
            }
            Arrays.fill(callbacks, kept, count, null);
            count = kept;
        }
        due.forEach(callback -> guarded(() -> callback.done(false)));
    }

    /** Nothing more will happen: whoever still waits is told so. */
    void endAll() {
        var due = new ArrayList<CommitLog.Acknowledgement>();
        synchronized (this) {
            over = true;
            for (int i = 0; i < count; i++) {
                var callback = callbacks[i];
                if (callback != null) {
                    due.add(callback);
                }
            }
            Arrays.fill(callbacks, 0, count, null);
            count = 0;
        }
        due.forEach(callback -> guarded(() -> callback.done(true)));
        haveRoom();
    }

    /** Tells everyone who waits for room. */
    void haveRoom() {
        List<Runnable> ready;
        synchronized (this) {
            if (forRoom.isEmpty()) {
                return;
            }
            ready = List.copyOf(forRoom);
            forRoom.clear();
        }
        ready.forEach(this::guarded);
    }

    /** One caller's mistake must not end the log's thread. */
    private void guarded(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            events.on(new Event.Warning("a callback of the commit log failed: reason=" + e));
        }
    }
}
