package sherd.server.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Splits the time of sampled batches by stage. While nobody asks, a loop looks at one field a batch; while somebody does,
 * one batch in {@link #every} is timed.
 */
public final class Stages implements MetricSource {
    /** A prime, so that it does not run in step with clients that take turns. */
    private static final int ONE_IN = 17;

    private static final int LOOKS = 10_000;

    private final int every;
    private final List<StageClock> clocks = new CopyOnWriteArrayList<>();
    private final AtomicInteger askers = new AtomicInteger();
    private volatile boolean sampling;
    private volatile long lookNanos;

    public Stages() {
        this(ONE_IN);
    }

    /** Times one batch in {@code every}. */
    public Stages(int every) {
        this.every = every;
    }

    /** For one loop. */
    public StageClock newClock() {
        var clock = new StageClock(this);
        clocks.add(clock);
        return clock;
    }

    /** Samples until {@link #stop}; several may ask at once. */
    public void start() {
        if (lookNanos == 0) {
            lookNanos = cheapestLook();
        }
        askers.incrementAndGet();
        sampling = true;
    }

    public void stop() {
        // Only the last one turns it off; one that starts meanwhile turns it on again.
        if (askers.decrementAndGet() == 0) {
            sampling = false;
            if (askers.get() > 0) {
                sampling = true;
            }
        }
    }

    public boolean sampling() {
        return sampling;
    }

    public int every() {
        return every;
    }

    /** What a look at the clock takes at least. */
    long lookNanos() {
        return lookNanos;
    }

    private static long cheapestLook() {
        long least = Long.MAX_VALUE;
        long before = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            long now = System.nanoTime();
            if (now > before) {
                least = Math.min(least, now - before);
            }
            before = now;
        }
        return Math.min(least, 1_000);
    }

    @Override
    public void writeTo(MetricsText text) {
        var figures = figures();
        text.gauge("sherd_stage_sampling", "1 while batches are timed by stage.");
        text.sample("sherd_stage_sampling", "", sampling ? 1 : 0);
        text.counter("sherd_stage_batches_total", "Batches of commands timed by stage.");
        text.sample("sherd_stage_batches_total", "", figures.batches());
        text.counter("sherd_stage_seconds_total", "Time of these batches, by stage.");
        for (var stage : Stage.values()) {
            text.seconds("sherd_stage_seconds_total", "stage=\"" + stage.word() + "\"", figures.nanos(stage));
        }
    }

    /** Of all loops since the start. */
    public StageFigures figures() {
        var sums = new long[Buckets.COUNT * StageClock.ROW];
        for (var clock : clocks) {
            clock.addTo(sums);
        }
        return new StageFigures(sums);
    }
}
