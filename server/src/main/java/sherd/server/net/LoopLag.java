package sherd.server.net;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sherd.server.observe.MetricSource;
import sherd.server.observe.MetricsText;

/** How long the loops let a task wait, as seen by whoever asks: each is given one and timed. */
public final class LoopLag implements MetricSource {
    private static final String LAG = "sherd_loop_lag_seconds";
    private static final long LONGEST_MILLIS = 1_000;

    private final EventLoops loops;

    public LoopLag(EventLoops loops) {
        this.loops = loops;
    }

    @Override
    public void writeTo(MetricsText text) {
        long given = System.nanoTime();
        var lags = new ArrayList<CompletableFuture<Long>>();
        for (var loop : loops.group()) {
            var lag = new CompletableFuture<Long>();
            loop.execute(() -> lag.complete(System.nanoTime() - given));
            // One that does not answer is not waited for: its lag is at least this.
            lags.add(lag.completeOnTimeout(
                    TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS), LONGEST_MILLIS, TimeUnit.MILLISECONDS));
        }
        text.gauge(LAG, "How long a task waits for its I/O thread; at most 1 is said.");
        for (int i = 0; i < lags.size(); i++) {
            text.seconds(LAG, "loop=\"" + i + "\"", lags.get(i).join());
        }
    }
}
