package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import sherd.engine.error.StoreException;
import sherd.engine.lock.Threads;
import sherd.engine.objects.ObjectFiles;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;

/** Moves segments to object storage again and again, on a thread of its own since it waits for the network. */
final class TransferLoop implements AutoCloseable {
    private static final long TICK_NANOS = 1_000_000_000;
    private static final int MOST_DOUBLINGS = 6;

    private final Transfers transfers;
    private final ObjectFiles objects;
    private final RandomGenerator random;
    private final Events events;
    private final Thread thread;
    private volatile boolean closing;
    private int failures;

    @SuppressWarnings("ThreadPriorityCheck") // what it does may wait
    TransferLoop(
            Maintenance maintenance,
            ObjectFiles objects,
            TransferPolicy policy,
            RandomGenerator random,
            ThreadFactory threads) {
        this.transfers = new Transfers(maintenance, objects, policy, random, () -> closing);
        this.objects = objects;
        this.random = random;
        this.events = maintenance.events();
        this.thread = threads.newThread(this::loop);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void start() {
        thread.start();
    }

    TransferRound run() {
        return transfers.run();
    }

    private void loop() {
        while (!closing) {
            LockSupport.parkNanos(pauseNanos());
            if (!closing) {
                attempt();
            }
        }
    }

    /** Longer after each failure, and of random length then: others may have been turned away too. */
    private long pauseNanos() {
        long most = TICK_NANOS << Math.min(failures, MOST_DOUBLINGS);
        return failures == 0 ? most : most / 2 + random.nextLong(most / 2);
    }

    private void attempt() {
        try {
            transfers.run();
            failures = 0;
        } catch (StoreException e) {
            failures++;
            if (!closing) {
                events.on(new Event.Warning(String.valueOf(e.getMessage())));
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        objects.store().close();
        LockSupport.unpark(thread);
        Threads.awaitEnd(thread);
    }
}
