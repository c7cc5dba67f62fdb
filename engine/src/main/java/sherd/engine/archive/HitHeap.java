package sherd.engine.archive;

import java.util.Arrays;

/** The newest rows of a segment that is not in order of time, up to a number; the oldest kept one on top. */
final class HitHeap {
    /** Takes a row; false if no further ones are wanted. */
    interface Taker {
        boolean hit(long row, long timeMillis);
    }

    private final int most;
    private long[] times = new long[16];
    private int[] rows = new int[16];
    private int size;

    HitHeap(int most) {
        this.most = most;
    }

    /** Whether a row of this time, or an older one, might be kept. */
    boolean wants(long time) {
        return size < most || (most > 0 && time >= times[0]);
    }

    void offer(long time, int row) {
        if (size < most) {
            if (size == times.length) {
                int room = Math.min(most, size * 2);
                times = Arrays.copyOf(times, room);
                rows = Arrays.copyOf(rows, room);
            }
            up(size++, time, row);
        } else if (most > 0 && before(times[0], rows[0], time, row)) {
            down(time, row);
        }
    }

    /** Shows what is kept, newest first, and forgets it. */
    void drain(Taker taker) {
        var newestFirst = new int[size];
        var itsTimes = new long[size];
        for (int i = size - 1; i >= 0; i--) {
            newestFirst[i] = rows[0];
            itsTimes[i] = times[0];
            size--;
            down(times[size], rows[size]);
        }
        for (int i = 0; i < newestFirst.length; i++) {
            if (!taker.hit(newestFirst[i], itsTimes[i])) {
                return;
            }
        }
    }

    private static boolean before(long time, int row, long otherTime, int otherRow) {
        return time != otherTime ? time < otherTime : row < otherRow;
    }

    private void up(int from, long time, int row) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(time, row, times[parent], rows[parent])) {
                break;
            }
            times[at] = times[parent];
            rows[at] = rows[parent];
            at = parent;
        }
        times[at] = time;
        rows[at] = row;
    }

    private void down(long time, int row) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(times[child + 1], rows[child + 1], times[child], rows[child])) {
                child++;
            }
            if (before(time, row, times[child], rows[child])) {
                break;
            }
            times[at] = times[child];
            rows[at] = rows[child];
            at = child;
        }
        times[at] = time;
        rows[at] = row;
    }
}
