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

    /** Takes rows of the batch. */
    interface Taker {
        void row(int row);
    }

    private static int bits(int rows) {
        return (rows + 7) >>> 3;
    }

    /** Shows the rows with a value, of whole numbers, times and truth values. */
    void equalTo(long value, Taker taker) {
        switch (type) {
            case INT64, TIMESTAMP -> longs(value, taker);
            case INT32 -> {
                if (value == (int) value) {
                    ints((int) value, taker);
                }
            }
            case BOOL -> booleans(value, taker);
            case FLOAT64, FLOAT32, STRING, BYTES, JSON -> throw new IllegalArgumentException("not a whole number");
        }
    }

    /** Shows the rows with a fraction. */
    void equalTo(double value, Taker taker) {
        switch (type) {
            case FLOAT64 -> doubles(value, taker);
            case FLOAT32 -> floats(value, taker);
            case INT64, INT32, TIMESTAMP, BOOL, STRING, BYTES, JSON ->
                throw new IllegalArgumentException("not a fraction");
        }
    }

    private void longs(long value, Taker taker) {
        var run = new long[RUN];
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 8L, run, count);
            for (int i = 0; i < count; i++) {
                if (run[i] == value) {
                    take(first + i, taker);
                }
            }
        }
    }

    private void ints(int value, Taker taker) {
        var run = new int[RUN];
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 4L, run, count);
            for (int i = 0; i < count; i++) {
                if (run[i] == value) {
                    take(first + i, taker);
                }
            }
        }
    }

    private void doubles(double value, Taker taker) {
        var run = new long[RUN];
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 8L, run, count);
            for (int i = 0; i < count; i++) {
                if (Double.longBitsToDouble(run[i]) == value) {
                    take(first + i, taker);
                }
            }
        }
    }

    private void floats(double value, Taker taker) {
        var run = new int[RUN];
        for (int first = 0; first < rows; first += RUN) {
            int count = Math.min(RUN, rows - first);
            values.copy(first * 4L, run, count);
            for (int i = 0; i < count; i++) {
                if (Float.intBitsToFloat(run[i]) == value) {
                    take(first + i, taker);
                }
            }
        }
    }

    private void booleans(long value, Taker taker) {
        var run = new byte[bits(rows)];
        values.copy(0, run, 0, run.length);
        for (int row = 0; row < rows; row++) {
            if ((run[row >> 3] >> (row & 7) & 1) == value) {
                take(row, taker);
            }
        }
    }

    private void take(int row, Taker taker) {
        if (validity.size() > 0) {
            var bits = new byte[1];
            validity.copy(row >> 3, bits, 0, 1);
            if ((bits[0] >> (row & 7) & 1) == 0) {
                return;
            }
        }
        taker.row(row);
    }
}
