package sherd.engine.command;

import java.util.List;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

/**
 * Rows on their way in, encoded once: the same bytes go into the commit log. Column values are put in any order between
 * {@link #startRow} and {@link #endRow}; what is not put is null.
 *
 * @see RowLayout
 */
public final class RowBatch implements AutoCloseable {
    private final List<Column> columns;
    private final Region rows;
    private final Region values;
    private final int[] valueOffset;
    private final int[] valueLength;
    private final MemoryBudget budget;
    private long bytes;
    private long pending;
    private int count;

    public RowBatch(List<Column> columns, MemoryBudget budget) {
        this.columns = columns;
        this.budget = budget;
        rows = new Region(budget, MemoryBudget.Purpose.NETWORK, 4096);
        values = new Region(budget, MemoryBudget.Purpose.NETWORK, 1024);
        valueOffset = new int[columns.size()];
        valueLength = new int[columns.size()];
        startRow();
    }

    public List<Column> columns() {
        return columns;
    }

    /** Forgets the row begun. */
    public void startRow() {
        pending = 0;
        java.util.Arrays.fill(valueLength, -1);
    }

    /** For int64, int32, timestamp, and bool as 0 or 1. */
    public void putLong(int column, long value) {
        int width = columns.get(column).type().width();
        long at = reserve(column, width);
        switch (width) {
            case 8 -> OffHeap.putLong(at, value);
            case 4 -> OffHeap.putInt(at, (int) value);
            default -> OffHeap.putByte(at, (byte) value);
        }
    }

    /** For float64 and float32. */
    public void putDouble(int column, double value) {
        if (columns.get(column).type() == ColumnType.FLOAT32) {
            OffHeap.putInt(reserve(column, 4), Float.floatToRawIntBits((float) value));
        } else {
            OffHeap.putLong(reserve(column, 8), Double.doubleToRawLongBits(value));
        }
    }

    public void putBytes(int column, byte[] source, int offset, int length) {
        OffHeap.copy(source, offset, reserve(column, length), length);
    }

    public void putBytes(int column, long source, int length) {
        OffHeap.copy(source, reserve(column, length), length);
    }

    public boolean isSet(int column) {
        return valueLength[column] >= 0;
    }

    public void endRow() {
        long length = (long) RowLayout.HEADER + RowLayout.nullBytes(columns.size());
        for (int i = 0; i < valueLength.length; i++) {
            if (valueLength[i] >= 0) {
                length += valueLength[i] + (columns.get(i).type().fixed() ? 0 : 4);
            }
        }
        if (bytes + length > Integer.MAX_VALUE - 4096) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE, "too many bytes of rows in one request: bytes=" + (bytes + length));
        }
        if (bytes + length > rows.capacity() && !budget.hasRoom(length)) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "no memory for the rows of this request: used=" + budget.usedBytes() + " limit="
                            + budget.limitBytes() + "; send fewer rows at a time, archive, or raise memory-limit");
        }
        rows.ensure(bytes + length);
        write(rows.address() + bytes, (int) length);
        bytes += length;
        count++;
        startRow();
    }

    private void write(long row, int length) {
        OffHeap.putInt(row, length);
        long nulls = row + RowLayout.HEADER;
        int nullBytes = RowLayout.nullBytes(valueLength.length);
        OffHeap.fill(nulls, nullBytes, (byte) 0);
        long at = nulls + nullBytes;
        for (int i = 0; i < valueLength.length; i++) {
            if (valueLength[i] < 0) {
                long flag = nulls + (i >>> 3);
                OffHeap.putByte(flag, (byte) (OffHeap.getByte(flag) | 1 << (i & 7)));
                continue;
            }
            if (!columns.get(i).type().fixed()) {
                OffHeap.putInt(at, valueLength[i]);
                at += 4;
            }
            OffHeap.copy(values.address() + valueOffset[i], at, valueLength[i]);
            at += valueLength[i];
        }
    }

    /** Drops all rows; the memory stays for the next. */
    public void clear() {
        bytes = 0;
        count = 0;
        startRow();
    }

    public int rows() {
        return count;
    }

    public long bytes() {
        return bytes;
    }

    public long address() {
        return rows.address();
    }

    @Override
    public void close() {
        rows.close();
        values.close();
    }

    private long reserve(int column, int length) {
        if (pending + length > Integer.MAX_VALUE - 4096) {
            throw new StoreException(ErrorCode.TOO_LARGE, "row too large: bytes=" + (pending + length));
        }
        values.ensure(pending + length);
        valueOffset[column] = (int) pending;
        valueLength[column] = length;
        pending += length;
        return values.address() + valueOffset[column];
    }
}
