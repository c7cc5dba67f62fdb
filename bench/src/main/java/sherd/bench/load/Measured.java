package sherd.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What came back of the commands that were due in the measured time, and when. Written by the generator's thread until
 * the load has ended, read by others after that.
 */
public final class Measured {
    private static final long LEAST_NANOS = 1_000;
    private static final long MOST_NANOS = 120_000_000_000L;
    private static final int DIGITS = 3;
    private static final double NANOS_A_MILLI = 1e6;

    private final Histogram reads = histogram();
    private final Histogram writes = histogram();
    private final Histogram late = histogram();
    private final long from;
    private long to;
    private long misses;

    Measured(long from, long to) {
        this.from = from;
        this.to = to;
    }

    private static Histogram histogram() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    boolean covers(long due) {
        return due - from >= 0 && due - to < 0;
    }

    /** Of a load that ends with a number of commands and not at a time. */
    void endedAt(long now) {
        to = now;
    }

    boolean isOver(long now) {
        return now - to >= 0;
    }

    void sent(long due, long now) {
        if (covers(due)) {
            late.recordValue(bounded(now - due));
        }
    }

    void replied(long due, long now, boolean isWrite, boolean missed) {
        if (covers(due)) {
            (isWrite ? writes : reads).recordValue(bounded(now - due));
            misses += missed ? 1 : 0;
        }
    }

    private static long bounded(long nanos) {
        return Math.clamp(nanos, 0, MOST_NANOS);
    }

    public long commands() {
        return reads.getTotalCount() + writes.getTotalCount();
    }

    public double commandsPerSecond() {
        return commands() * 1e9 / (to - from);
    }

    /** Reads that found no key. */
    public long misses() {
        return misses;
    }

    /** Milliseconds; a percentile of 100 is the most. */
    public double readMillis(double percentile) {
        return reads.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    public double writeMillis(double percentile) {
        return writes.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    /** Of all commands. */
    public double millis(double percentile) {
        var all = reads.copy();
        all.add(writes);
        return all.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    /** How much later than due the generator itself was with a batch; the server's latency includes it. */
    public double lateMillis(double percentile) {
        return late.getValueAtPercentile(percentile) / NANOS_A_MILLI;
    }

    public boolean hasWrites() {
        return writes.getTotalCount() > 0;
    }
}
