package sherd.engine.archive.arrow;

import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.ColumnType;

/** One column of the batch being gathered: validity bits, values or offsets and bytes, as Arrow lays them out. */
final class ColumnBuffer implements AutoCloseable {
    private static final int INITIAL_BYTES = 4 << 10;
    /** More than this is given back after a batch. */
    private static final int KEEP_BYTES = 1 << 20;

    final ColumnType type;
    final Region validity;
    /** Values of fixed width, or the offsets of the others. */
    final Region values;
    /** Bytes of variable width; an empty region for the others. */
    final Region bytes;

    int nulls;
    long byteCount;
    private boolean set;
    private long pendingStart;

    ColumnBuffer(ColumnType type, MemoryBudget budget) {
        this.type = type;
        validity = new Region(budget, MemoryBudget.Purpose.COLUMNS, INITIAL_BYTES / 8);
        values = new Region(budget, MemoryBudget.Purpose.COLUMNS, INITIAL_BYTES);
        bytes = new Region(budget, MemoryBudget.Purpose.COLUMNS, type.fixed() ? 0 : INITIAL_BYTES);
        reset();
    }

    void putLong(int row, long value) {
        set = true;
        switch (type) {
            case INT64, TIMESTAMP -> {
                values.ensure((row + 1L) * 8);
                OffHeap.putLong(values.address() + row * 8L, value);
            }
            case INT32 -> {
                values.ensure((row + 1L) * 4);
                OffHeap.putInt(values.address() + row * 4L, (int) value);
            }
            case BOOL -> putBit(values, row, value != 0);
            case FLOAT64, FLOAT32 -> putDouble(row, (double) value);
            case STRING, BYTES, JSON -> throw wrong("a number");
        }
    }

    void putDouble(int row, double value) {
        set = true;
        switch (type) {
            case FLOAT64 -> {
                values.ensure((row + 1L) * 8);
                OffHeap.putLong(values.address() + row * 8L, Double.doubleToRawLongBits(value));
            }
            case FLOAT32 -> {
                values.ensure((row + 1L) * 4);
                OffHeap.putInt(values.address() + row * 4L, Float.floatToRawIntBits((float) value));
            }
            case INT64, INT32, TIMESTAMP, BOOL, STRING, BYTES, JSON -> throw wrong("a fraction");
        }
    }

    /** Makes room for one value and returns where it goes. */
    long roomForBytes(int length) {
        if (type.fixed()) {
            throw wrong("bytes");
        }
        set = true;
        bytes.ensure(pendingStart + length);
        byteCount = pendingStart + length;
        return bytes.address() + pendingStart;
    }

    boolean pendingSet() {
        return set;
    }

    long pendingAddress() {
        return bytes.address() + pendingStart;
    }

    int pendingLength() {
        return (int) (byteCount - pendingStart);
    }

    void endRow(int row) {
        if (!set || nulls > 0) {
            putValidity(row);
        }
        if (!type.fixed()) {
            values.ensure((row + 2L) * 4);
            OffHeap.putInt(values.address() + (row + 1) * 4L, (int) byteCount);
            pendingStart = byteCount;
        } else if (!set) {
            putNothing(row);
        }
        set = false;
    }

    /** Appends rows of a column of the same type of a batch, of which this has so many rows already. */
    void copy(ArrowBatch from, int column, int first, int count, int rows) {
        if (type == ColumnType.BOOL || from.hasNulls(column)) {
            for (int i = 0; i < count; i++) {
                if (!from.isNull(column, first + i)) {
                    copyValue(from, column, first + i, rows + i);
                }
                endRow(rows + i);
            }
            return;
        }
        for (int i = 0; nulls > 0 && i < count; i++) {
            putBit(validity, rows + i, true);
        }
        if (type.fixed()) {
            long width = type.width();
            values.ensure((rows + count) * width);
            from.copyValues(column, first, count, values.address() + rows * width);
            return;
        }
        int length = from.bytes(column, first, count);
        bytes.ensure(byteCount + length);
        values.ensure((rows + count + 1L) * Integer.BYTES);
        from.copyBytes(column, first, count, bytes.address() + byteCount);
        for (int i = 0; i < count; i++) {
            byteCount += from.length(column, first + i);
            OffHeap.putInt(values.address() + (rows + i + 1L) * Integer.BYTES, (int) byteCount);
        }
        pendingStart = byteCount;
    }

    private void copyValue(ArrowBatch from, int column, int row, int at) {
        switch (type) {
            case INT64, INT32, TIMESTAMP, BOOL -> putLong(at, from.getLong(column, row));
            case FLOAT64, FLOAT32 -> putDouble(at, from.getDouble(column, row));
            case STRING, JSON, BYTES -> from.copyBytes(column, row, roomForBytes(from.length(column, row)));
        }
    }

    /** Adds to the numbers of rows that are there; of a column of INT64 without nulls. */
    void add(int first, int count, long number) {
        for (int i = first; i < first + count; i++) {
            long at = values.address() + i * (long) Long.BYTES;
            OffHeap.putLong(at, OffHeap.getLong(at) + number);
        }
    }

    boolean isSet(int row) {
        return nulls == 0 || (OffHeap.getUnsignedByte(validity.address() + (row >> 3)) >> (row & 7) & 1) != 0;
    }

    long getLong(int row) {
        return OffHeap.getLong(values.address() + row * (long) Long.BYTES);
    }

    /** Where the bytes of a row lie. */
    long address(int row) {
        return bytes.address() + start(row);
    }

    int length(int row) {
        return start(row + 1) - start(row);
    }

    private int start(int row) {
        return OffHeap.getInt(values.address() + row * (long) Integer.BYTES);
    }

    /** Bytes of the values (or offsets) of so many rows. */
    long valueBytes(int rows) {
        return switch (type) {
            case INT64, TIMESTAMP, FLOAT64 -> rows * 8L;
            case INT32, FLOAT32 -> rows * 4L;
            case BOOL -> (rows + 7L) / 8;
            case STRING, BYTES, JSON -> (rows + 1L) * 4;
        };
    }

    void reset() {
        nulls = 0;
        byteCount = 0;
        pendingStart = 0;
        set = false;
        bytes.shrink(KEEP_BYTES);
        OffHeap.putInt(values.address(), 0);
    }

    @Override
    public void close() {
        validity.close();
        values.close();
        bytes.close();
    }

    /** Most columns have no nulls, so bits are there only from the first on. */
    private void putValidity(int row) {
        for (int i = 0; nulls == 0 && i < row; i++) {
            putBit(validity, i, true);
        }
        putBit(validity, row, set);
        nulls += set ? 0 : 1;
    }

    private void putNothing(int row) {
        switch (type) {
            case INT64, TIMESTAMP, INT32, BOOL -> putLong(row, 0);
            case FLOAT64, FLOAT32 -> putDouble(row, 0);
            case STRING, BYTES, JSON -> {}
        }
    }

    private static void putBit(Region bits, int row, boolean value) {
        bits.ensure(row / 8 + 1);
        long at = bits.address() + (row >> 3);
        // The first bit of a byte clears what an earlier batch left there.
        int before = (row & 7) == 0 ? 0 : OffHeap.getUnsignedByte(at) & ((1 << (row & 7)) - 1);
        OffHeap.putByte(at, (byte) (value ? before | 1 << (row & 7) : before));
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("a column of type " + type.label() + " takes no " + what);
    }
}
