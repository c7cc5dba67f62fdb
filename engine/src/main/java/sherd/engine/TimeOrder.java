package sherd.engine;

import java.util.Arrays;
import sherd.engine.column.ColumnChunk;

/** Rows of several chunks in the order of their time, those of one time in the order in which they came. */
final class TimeOrder {
    private long[] times = new long[1024];
    private long[] places = new long[1024];
    private int count;

    void add(int source, ColumnChunk chunk) {
        for (int row = 0; row < chunk.rows(); row++) {
            if (count == times.length) {
                times = Arrays.copyOf(times, count * 2);
                places = Arrays.copyOf(places, count * 2);
            }
            times[count] = chunk.time(row);
            places[count] = (long) source << 32 | row;
            count++;
        }
    }

    static int source(long place) {
        return (int) (place >>> 32);
    }

    static int row(long place) {
        return (int) place;
    }

    /** Places of all rows; a stable merge sort over two flat arrays. */
    long[] sorted() {
        var fromTimes = Arrays.copyOf(times, count);
        var fromPlaces = Arrays.copyOf(places, count);
        var toTimes = new long[count];
        var toPlaces = new long[count];
        for (int width = 1; width < count; width *= 2) {
            for (int start = 0; start < count; start += 2 * width) {
                merge(fromTimes, fromPlaces, toTimes, toPlaces, start, width);
            }
            var times = fromTimes;
            fromTimes = toTimes;
            toTimes = times;
            var places = fromPlaces;
            fromPlaces = toPlaces;
            toPlaces = places;
        }
        return fromPlaces;
    }

    private void merge(long[] fromTimes, long[] fromPlaces, long[] toTimes, long[] toPlaces, int start, int width) {
        int left = start;
        int middle = Math.min(start + width, count);
        int right = middle;
        int end = Math.min(start + 2 * width, count);
        if (middle == end || fromTimes[middle - 1] <= fromTimes[middle]) {
            System.arraycopy(fromTimes, start, toTimes, start, end - start);
            System.arraycopy(fromPlaces, start, toPlaces, start, end - start);
            return;
        }
        for (int to = start; to < end; to++) {
            boolean takeLeft = left < middle && (right >= end || fromTimes[left] <= fromTimes[right]);
            int from = takeLeft ? left++ : right++;
            toTimes[to] = fromTimes[from];
            toPlaces[to] = fromPlaces[from];
        }
    }
}
