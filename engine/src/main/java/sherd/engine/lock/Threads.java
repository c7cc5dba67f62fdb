package sherd.engine.lock;

/** Waiting for threads. */
public final class Threads {
    private Threads() {}

    /**
     * Returns when a thread that was told to end has ended: what it works on is freed next, so an interrupt of the
     * caller does not cut this short; it is kept for whoever waits after.
     */
    public static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
