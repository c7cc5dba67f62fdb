package sherd.server.observe;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

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

    /**
     * For what one loop does for one door.
     *
     * @param door as metrics have it
     */
    public StageClock newClock(String door) {
        var clock = new StageClock(this, door);
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
        var figures = new TreeMap<String, StageFigures>();
        for (var clock : clocks) {
            figures.computeIfAbsent(clock.door(), this::figures);
        }
        text.gauge("sherd_stage_sampling", "1 while batches are timed by stage.", sampling ? 1 : 0);
        text.counter("sherd_stage_batches_total", "Batches of commands timed by stage.");
        figures.forEach(
                (door, found) -> text.sample("sherd_stage_batches_total", "door=\"" + door + "\"", found.batches()));
        text.counter("sherd_stage_seconds_total", "Time of these batches, by stage.");
        figures.forEach((door, found) -> {
            for (var stage : Stage.values()) {
                var labels = "door=\"" + door + "\",stage=\"" + stage.word() + "\"";
                text.seconds("sherd_stage_seconds_total", labels, found.nanos(stage));
            }
        });
    }

    /** Of all loops and doors since the start. */
    public StageFigures figures() {
        return figures(_ -> true);
    }

    /** Of one door. */
    public StageFigures figures(String door) {
        return figures(clock -> clock.door().equals(door));
    }

    private StageFigures figures(Predicate<StageClock> which) {
        var sums = new long[Buckets.COUNT * StageClock.ROW];
        for (var clock : clocks) {
            if (which.test(clock)) {
                clock.addTo(sums);
            }
        }
        return new StageFigures(sums);
    }
}
