package sherd.engine.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import sherd.engine.schema.ColumnType;

/**
 * The numbers of a column in one batch, where they lie: in the mapped file, or in memory. In a mapped file they may turn
 * into anything when somebody cuts it, so what was found counts once the file was {@linkplain Segment#requireWhole seen to
 * be whole} afterwards.
 *
 * @param validity a bit a row, 0 for null; empty if there are no nulls
 */
public record Numbers(ColumnType type, MemorySegment values, MemorySegment validity, int rows) {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public Numbers {
        long bits = (rows + 7L) >>> 3;
        boolean someNull = validity.byteSize() > 0;
        long needed = type == ColumnType.BOOL ? bits : (long) rows * type.width();
        if (values.byteSize() < needed || (someNull && validity.byteSize() < bits)) {
            throw new IllegalArgumentException("a buffer shorter than its column");
        }
    }

    /** Takes rows of the batch. */
    interface Taker {
        void row(int row);
    }

    boolean isNull(int row) {
        return validity.byteSize() > 0 && (validity.get(ValueLayout.JAVA_BYTE, row >> 3) >> (row & 7) & 1) == 0;
    }

    /** Shows the rows with a value, of whole numbers, times and truth values. */
    void equalTo(long value, Taker taker) {
        switch (type) {
            case INT64, TIMESTAMP -> {
                for (int row = 0; row < rows; row++) {
                    if (values.get(LONG, row * 8L) == value) {
                        take(row, taker);
                    }
                }
            }
            case INT32 -> {
                for (int row = 0; row < rows; row++) {
                    if (values.get(INT, row * 4L) == value) {
                        take(row, taker);
                    }
                }
            }
            case BOOL -> {
                for (int row = 0; row < rows; row++) {
                    if ((values.get(ValueLayout.JAVA_BYTE, row >> 3) >> (row & 7) & 1) == value) {
                        take(row, taker);
                    }
                }
            }
            case FLOAT64, FLOAT32, STRING, BYTES, JSON -> throw new IllegalArgumentException("not a whole number");
        }
    }

    /** Shows the rows with a fraction. */
    void equalTo(double value, Taker taker) {
        switch (type) {
            case FLOAT64 -> {
                for (int row = 0; row < rows; row++) {
                    if (Double.longBitsToDouble(values.get(LONG, row * 8L)) == value) {
                        take(row, taker);
                    }
                }
            }
            case FLOAT32 -> {
                for (int row = 0; row < rows; row++) {
                    if (Float.intBitsToFloat(values.get(INT, row * 4L)) == value) {
                        take(row, taker);
                    }
                }
            }
            case INT64, INT32, TIMESTAMP, BOOL, STRING, BYTES, JSON ->
                throw new IllegalArgumentException("not a fraction");
        }
    }

    private void take(int row, Taker taker) {
        if (!isNull(row)) {
            taker.row(row);
        }
    }
}
