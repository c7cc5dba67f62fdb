package sherd.bench.run;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import sherd.bench.side.RedisServer;
import sherd.bench.side.Side;

/** Has Redis write snapshots again and again, as a node takes checkpoints by itself. */
final class Snapshots implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("snapshots").factory());

    private Snapshots() {}

    /** Nothing for other sides. */
    static Snapshots of(Side side, double everySeconds) {
        var snapshots = new Snapshots();
        if (side instanceof RedisServer redis) {
            long period = Math.round(everySeconds * 1e9);
            var _ = snapshots.timer.scheduleAtFixedRate(
                    redis::saveInBackground, period / 2, period, TimeUnit.NANOSECONDS);
        }
        return snapshots;
    }

    @Override
    public void close() {
        timer.close();
    }
}
