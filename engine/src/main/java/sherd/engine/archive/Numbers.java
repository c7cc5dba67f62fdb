package sherd.engine.archive;

import sherd.engine.archive.file.KeptBytes;
import sherd.engine.schema.ColumnType;

/**
 * The numbers of a column in one batch, where they lie: in the mapped file, or in memory. In a mapped file they may turn
 * into anything when somebody cuts it, so what was found counts once the file was {@linkplain Segment#requireWhole seen to
 * be whole} afterwards.
 *
 * @param validity a bit a row, 0 for null; empty if there are no nulls
 */
public record Numbers(ColumnType type, KeptBytes values, KeptBytes validity, int rows) {
    /** Rows that are looked at in one go; their values fit into the first cache of a processor. */
    public static final int RUN = 1024;

    public Numbers {
        long bits = bits(rows);
        boolean someNull = validity.size() > 0;
        long needed = type == ColumnType.BOOL ? bits : (long) rows * type.width();
        if (values.size() < needed || (someNull && validity.size() < bits)) {
            throw new IllegalArgumentException("a buffer shorter than its column");
        }
    }

    /** Where runs are copied to, reused from batch to batch. One owner. */
    static final class Scratch {
        private final long[] longs = new long[RUN];
        private final int[] ints = new int[RUN];
        private final byte[] bytes = new byte[RUN / 8];
        private final byte[] valid = new byte[1];
    }

    /** Takes rows of the batch. */
    interface Taker {
        void row(int row);
    }

    private static int bits(int rows) {
        return (rows + 7) >>> 3;
    }

    /** Shows the rows with a value, of whole numbers, times and truth values. */
    void equalTo(long value, Scratch scratch, Taker taker) {
        switch (type) {
            case INT64, TIMESTAMP -> longs(value, scratch, taker);
            case INT32 -> {
                if (value == (int) value) {
                    ints((int) value, scratch, taker);
                }
            }
            case BOOL -> booleans(value, scratch, taker);
            case FLOAT64, FLOAT32, STRING, BYTES, JSON -> throw new IllegalArgumentException("not a whole number");
        }
    }

    /** Shows the rows with a fraction. */
    void equalTo(double value, Scratch scratch, Taker taker) {
        switch (type) {
            case FLOAT64 -> doubles(value, scratch, taker);
            case FLOAT32 -> floats(value, scratch, taker);
            case INT64, INT32, TIMESTAMP, BOOL, STRING, BYTES, JSON ->
                throw new IllegalArgumentException("not a fraction");
        }
    }

    private void longs(long value, Scratch scratch, Taker taker) {
        var run = scratch.longs;
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 8L, run, count);
            for (int i = 0; i < count; i++) {
                if (run[i] == value) {
                    take(first + i, scratch, taker);
                }
            }
        }
    }

    private void ints(int value, Scratch scratch, Taker taker) {
        var run = scratch.ints;
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 4L, run, count);
            for (int i = 0; i < count; i++) {
                if (run[i] == value) {
                    take(first + i, scratch, taker);
                }
            }
        }
    }

    private void doubles(double value, Scratch scratch, Taker taker) {
        var run = scratch.longs;
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 8L, run, count);
            for (int i = 0; i < count; i++) {
                if (Double.longBitsToDouble(run[i]) == value) {
                    take(first + i, scratch, taker);
                }
            }
        }
    }

    private void floats(double value, Scratch scratch, Taker taker) {
        var run = scratch.ints;
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 4L, run, count);
            for (int i = 0; i < count; i++) {
                if (Float.intBitsToFloat(run[i]) == value) {
                    take(first + i, scratch, taker);
                }
            }
        }
    }

    private void booleans(long value, Scratch scratch, Taker taker) {
        var run = scratch.bytes;
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first >> 3, run, 0, bits(count));
            for (int i = 0; i < count; i++) {
                if ((run[i >> 3] >> (i & 7) & 1) == value) {
                    take(first + i, scratch, taker);
                }
            }
        }
    }

    private void take(int row, Scratch scratch, Taker taker) {
        if (validity.size() > 0) {
            validity.copy(row >> 3, scratch.valid, 0, 1);
            if ((scratch.valid[0] >> (row & 7) & 1) == 0) {
                return;
            }
        }
        taker.row(row);
    }
}
