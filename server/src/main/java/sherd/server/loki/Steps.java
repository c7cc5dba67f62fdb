package sherd.server.loki;

/** The points in time at which a query is answered. */
record Steps(long start, long step, int count) {
    static Steps instant(long time) {
        return new Steps(time, 1, 1);
    }

    static Steps range(long start, long end, long step, int most) {
        long count = (end - start) / step + 1;
        if (count > most) {
            throw LokiException.bad("exceeded maximum resolution of " + most
                    + " points per time series. Try increasing the value of the step parameter");
        }
        return new Steps(start, step, (int) count);
    }

    long at(int index) {
        return start + index * step;
    }

    long last() {
        return at(count - 1);
    }

    /** First point that is not before that time; {@link #count} if there is none. */
    int from(long nanos) {
        if (nanos <= start) {
            return 0;
        }
        long index = Math.ceilDiv(Nanos.add(nanos, -start), step);
        return (int) Math.min(index, count);
    }
}
