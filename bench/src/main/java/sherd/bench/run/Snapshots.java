package sherd.bench.run;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import sherd.bench.side.RedisServer;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;

/** Has a node take checkpoints, and Redis write snapshots, again and again. */
final class Snapshots implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("snapshots").factory());

    private Snapshots() {}

    /** Nothing for other sides. */
    static Snapshots of(Side side, double everySeconds) {
        var snapshots = new Snapshots();
        switch (side) {
            case RedisServer redis -> snapshots.start(redis::saveInBackground, everySeconds);
            case SherdNode node -> snapshots.start(node::saveInBackground, everySeconds);
            default -> {}
        }
        return snapshots;
    }

    private void start(Runnable save, double everySeconds) {
        long period = Math.round(everySeconds * 1e9);
        var _ = timer.scheduleAtFixedRate(save, period / 2, period, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.close();
    }
}
