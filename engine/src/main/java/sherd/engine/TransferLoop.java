package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import sherd.engine.error.StoreException;
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
    private final BackgroundThread thread;
    private int failures;

    TransferLoop(
            Maintenance maintenance,
            ObjectFiles objects,
            TransferPolicy policy,
            RandomGenerator random,
            ThreadFactory threads) {
        this.thread = new BackgroundThread(threads, this::loop);
        this.transfers = new Transfers(maintenance, objects, policy, random, thread::closing);
        this.objects = objects;
        this.random = random;
        this.events = maintenance.events();
    }

    void start() {
        thread.start();
    }

    TransferRound run() {
        return transfers.run();
    }

    private void loop() {
        while (!thread.closing()) {
            LockSupport.parkNanos(pauseNanos());
            if (!thread.closing()) {
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
            if (!thread.closing()) {
                events.on(new Event.Warning(String.valueOf(e.getMessage())));
            }
        }
    }

    @Override
    public void close() {
        thread.stop();
        objects.store().close(); // who waits for the network is told
        thread.close();
    }
}
