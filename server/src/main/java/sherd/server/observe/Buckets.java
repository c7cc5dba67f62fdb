package sherd.server.observe;

/**
 * Log-linear classes of durations in nanoseconds: eight to each power of two, so a class is never wider than an eighth of
 * what is in it. Longer ones than {@link #LONGEST}, 18 minutes, count as that.
 */
final class Buckets {
    private static final int LINEAR_BITS = 3;
    private static final int LINEAR = 1 << LINEAR_BITS;
    private static final int TOP_BIT = 39;

    static final long LONGEST = (1L << (TOP_BIT + 1)) - 1;
    static final int COUNT = (TOP_BIT - LINEAR_BITS + 2) << LINEAR_BITS;

    private Buckets() {}

    static int of(long nanos) {
        long clamped = Math.clamp(nanos, 0, LONGEST);
        if (clamped < LINEAR) {
            return (int) clamped;
        }
        int top = 63 - Long.numberOfLeadingZeros(clamped);
        int step = (int) (clamped >>> (top - LINEAR_BITS)) & (LINEAR - 1);
        return ((top - LINEAR_BITS + 1) << LINEAR_BITS) + step;
    }

    /** The shortest duration of a class; of the class past the last one, what is just too long for it. */
    static long from(int bucket) {
        if (bucket < LINEAR) {
            return bucket;
        }
        int shift = (bucket >>> LINEAR_BITS) - 1;
        return (long) (LINEAR + (bucket & (LINEAR - 1))) << shift;
    }
}
