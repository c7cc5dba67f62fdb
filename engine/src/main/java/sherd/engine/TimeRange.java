package sherd.engine;

/** A range of time in milliseconds as requests mean it, but with its last one included, so that it may have no end. */
record TimeRange(long first, long last) {
    private static final TimeRange EMPTY = new TimeRange(Long.MAX_VALUE, Long.MIN_VALUE);

    /** @param to first millisecond no longer wanted; the greatest there is stands for no end */
    static TimeRange between(long from, long to) {
        if (to == Long.MIN_VALUE) {
            return EMPTY;
        }
        return new TimeRange(from, to == Long.MAX_VALUE ? to : to - 1);
    }

    boolean isEmpty() {
        return first > last;
    }

    boolean has(long time) {
        return time >= first && time <= last;
    }

    /** Whether times from one to another, both included, may be among them. */
    boolean overlaps(long minTime, long maxTime) {
        return maxTime >= first && minTime <= last;
    }
}
