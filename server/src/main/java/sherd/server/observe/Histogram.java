package sherd.server.observe;

import java.util.concurrent.atomic.AtomicLongArray;

/** Durations, counted by one thread and read by any: recording is two plain additions that readers see soon. */
public final class Histogram {
    private static final int SUM = Buckets.COUNT;

    private final AtomicLongArray cells = new AtomicLongArray(Buckets.COUNT + 1);

    /** Counts {@code times} durations of the same length. */
    public void record(long nanos, long times) {
        add(Buckets.of(nanos), times);
        add(SUM, nanos * times);
    }

    private void add(int cell, long more) {
        cells.setOpaque(cell, cells.getPlain(cell) + more);
    }

    /** How many were shorter than {@code nanos}, a power of two. */
    public long shorterThan(long nanos) {
        long count = 0;
        for (int i = 0; i < Buckets.COUNT && Buckets.from(i) < nanos; i++) {
            count += cells.getOpaque(i);
        }
        return count;
    }

    public long count() {
        return shorterThan(Long.MAX_VALUE);
    }

    public long sumNanos() {
        return cells.getOpaque(SUM);
    }
}
