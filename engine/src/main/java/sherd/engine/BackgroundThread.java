package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import sherd.engine.lock.Threads;

/**
 * A thread for work that may wait. Its priority is the lowest, which tells whoever makes threads that commands come
 * before it. What it runs pauses by parking, asks {@link #closing} often, and ends soon when that is so.
 */
final class BackgroundThread implements AutoCloseable {
    private final Thread thread;
    private volatile boolean closing;

    @SuppressWarnings("ThreadPriorityCheck") // a sign, not for a scheduler
    BackgroundThread(ThreadFactory threads, Runnable work) {
        thread = threads.newThread(work);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void start() {
        thread.start();
    }

    boolean closing() {
        return closing;
    }

    /** Lets the work end. */
    void stop() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** Returns when the work has ended. */
    @Override
    public void close() {
        stop();
        Threads.awaitEnd(thread);
    }
}
