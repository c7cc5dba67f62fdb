package sherd.server;

import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import sherd.server.net.SchedulerTurn;

/**
 * Threads that a dump can be read by, and that do not die silently. Those of the lowest priority are {@linkplain
 * SchedulerTurn#patient patient}; others below the normal one {@linkplain SchedulerTurn#givesWay give way}.
 */
final class NamedThreads implements ThreadFactory {
    private static final System.Logger LOGGER = System.getLogger("sherd.server");

    private final String prefix;
    private final AtomicInteger last = new AtomicInteger();

    NamedThreads(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public Thread newThread(Runnable task) {
        var thread = new Thread(() -> run(task), prefix + "-" + last.incrementAndGet());
        // They are joined when their owner closes; a start that fails half way must not be kept alive by them.
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(
                (dying, e) -> LOGGER.log(Level.ERROR, "a thread died, this is a bug: thread=" + dying.getName(), e));
        return thread;
    }

    private static void run(Runnable task) {
        if (!taken(Thread.currentThread().getPriority())) {
            LOGGER.log(Level.DEBUG, "the kernel knows no threads that can wait");
        }
        task.run();
    }

    private static boolean taken(int priority) {
        if (priority >= Thread.NORM_PRIORITY) {
            return true;
        }
        return priority == Thread.MIN_PRIORITY ? SchedulerTurn.patient() : SchedulerTurn.givesWay();
    }
}
