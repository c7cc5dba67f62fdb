package sherd.engine.command;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

/**
 * One row as a run of bytes: in requests, in the commit log, and on its way to a segment.
 *
 * <pre>
 * +0  length of the whole (int)
 * +4  null bits, one a column, least significant first, padded to a byte
 *     values of the columns that are not null, in schema order:
 *     fixed types little-endian in their width, others length (int) and bytes
 * </pre>
 */
public final class RowLayout {
    public static final int HEADER = 4;

    private RowLayout() {}

    public static int nullBytes(int columns) {
        return (columns + 7) >>> 3;
    }

    public static int length(long row) {
        return OffHeap.getInt(row);
    }

    public static boolean isNull(long row, int column) {
        return (OffHeap.getByte(row + HEADER + (column >>> 3)) & 1 << (column & 7)) != 0;
    }

    /** Address of the first value. */
    public static long values(long row, int columns) {
        return row + HEADER + nullBytes(columns);
    }

    /** Bytes of the value at an address, its length prefix included. */
    public static int valueBytes(long value, ColumnType type) {
        return type.fixed() ? type.width() : 4 + OffHeap.getInt(value);
    }

    /** Address of a column's value (after the length prefix of a variable one), or 0 for null. */
    public static long find(long row, List<Column> columns, int wanted) {
        if (isNull(row, wanted)) {
            return 0;
        }
        long at = values(row, columns.size());
        for (int i = 0; i < wanted; i++) {
            if (!isNull(row, i)) {
                at += valueBytes(at, columns.get(i).type());
            }
        }
        return columns.get(wanted).type().fixed() ? at : at + 4;
    }

    /** The integer in a fixed-width value of type int64, int32, timestamp or bool. */
    public static long fixed(long value, ColumnType type) {
        return switch (type.width()) {
            case 8 -> OffHeap.getLong(value);
            case 4 -> OffHeap.getInt(value);
            default -> OffHeap.getByte(value);
        };
    }

    public static double floating(long value, ColumnType type) {
        return type == ColumnType.FLOAT32
                ? Float.intBitsToFloat(OffHeap.getInt(value))
                : Double.longBitsToDouble(OffHeap.getLong(value));
    }

    /**
     * The values as objects: Long, Integer, Double, Float, Boolean, String, byte[], or null; timestamps as Long.
     */
    public static @Nullable Object[] toObjects(long row, List<Column> columns) {
        var objects = new @Nullable Object[columns.size()];
        long at = values(row, columns.size());
        for (int i = 0; i < objects.length; i++) {
            if (!isNull(row, i)) {
                var type = columns.get(i).type();
                int bytes = valueBytes(at, type);
                objects[i] = type.fixed() ? object(type, at) : object(type, OffHeap.toArray(at + 4, bytes - 4));
                at += bytes;
            }
        }
        return objects;
    }

    private static Object object(ColumnType type, long value) {
        return switch (type) {
            case INT64, TIMESTAMP -> OffHeap.getLong(value);
            case INT32 -> OffHeap.getInt(value);
            case FLOAT64, FLOAT32 ->
                type == ColumnType.FLOAT32 ? (Object) (float) floating(value, type) : (Object) floating(value, type);
            case BOOL -> OffHeap.getByte(value) != 0;
            case STRING, JSON, BYTES -> throw new IllegalArgumentException("not fixed: " + type);
        };
    }

    private static Object object(ColumnType type, byte[] bytes) {
        return type.text() ? new String(bytes, StandardCharsets.UTF_8) : bytes;
    }

    /** Adds objects of the types {@link #toObjects} makes as one row. */
    public static void append(RowBatch batch, @Nullable Object[] objects) {
        batch.startRow();
        for (int i = 0; i < objects.length; i++) {
            switch (objects[i]) {
                case null -> {}
                case Long value -> batch.putLong(i, value);
                case Integer value -> batch.putLong(i, value);
                case Boolean value -> batch.putLong(i, value ? 1 : 0);
                case Double value -> batch.putDouble(i, value);
                case Float value -> batch.putDouble(i, value);
                case String value -> {
                    var bytes = value.getBytes(StandardCharsets.UTF_8);
                    batch.putBytes(i, bytes, 0, bytes.length);
                }
                case byte[] value -> batch.putBytes(i, value, 0, value.length);
                default ->
                    throw new IllegalArgumentException(
                            "no column value: " + objects[i].getClass().getName());
            }
        }
        batch.endRow();
    }
}
