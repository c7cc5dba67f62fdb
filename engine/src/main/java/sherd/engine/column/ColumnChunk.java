package sherd.engine.column;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;

/**
 * A run of appended rows as arrays, one a column, in one block of memory that never moves. Rows are written by one
 * thread at a time and seen by others once {@link #publish published}; whoever reads without the shard's lock holds a
 * reference ({@link #retain}), and the memory goes with the last one.
 *
 * <pre>
 * per column:  fixed width: values, 64-byte aligned, then validity bits
 *              variable:    offset (int) and length (int, -1 for null) of each row's bytes in the data area,
 *                           then {@link RecentValues}
 * data area
 * </pre>
 *
 * <p>A variable value that equals one of the column's recent ones shares its bytes: what repeats, such as the labels of
 * log lines, is stored once, whether the equal ones come in a run or in turn with others.
 */
public final class ColumnChunk {
    private final List<Column> columns;
    private final Region memory;
    private final long[] columnOffset;
    private final @Nullable RecentValues[] recent;
    private final int rowCapacity;
    private final long dataOffset;
    private final long dataCapacity;
    private final long firstRow;
    private final int timeColumn;
    private final AtomicInteger references = new AtomicInteger(1);

    private long dataUsed;
    private int written;
    private volatile int rows;
    private volatile long minTime = Long.MAX_VALUE;
    private volatile long maxTime = Long.MIN_VALUE;

    private ColumnChunk(
            List<Column> columns, int timeColumn, long firstRow, int rowCapacity, long dataCapacity, Region memory) {
        this.columns = columns;
        this.timeColumn = timeColumn;
        this.firstRow = firstRow;
        this.rowCapacity = rowCapacity;
        this.memory = memory;
        columnOffset = new long[columns.size()];
        recent = new @Nullable RecentValues[columns.size()];
        long at = 0;
        for (int i = 0; i < columnOffset.length; i++) {
            columnOffset[i] = at;
            if (!columns.get(i).type().fixed()) {
                recent[i] = new RecentValues(memory.address() + at + rowCapacity * 8L, rowCapacity);
            }
            at += columnBytes(columns.get(i), rowCapacity);
        }
        dataOffset = at;
        this.dataCapacity = dataCapacity;
        OffHeap.fill(memory.address(), dataOffset, (byte) 0);
    }

    /** A chunk for that many rows and bytes of variable data; empty when memory is out. */
    public static Optional<ColumnChunk> create(
            List<Column> columns, int timeColumn, long firstRow, int rows, long dataBytes, MemoryBudget budget) {
        long bytes = dataBytes;
        for (var column : columns) {
            bytes += columnBytes(column, rows);
        }
        return Region.within(budget, MemoryBudget.Purpose.COLUMNS, bytes)
                .map(memory -> new ColumnChunk(columns, timeColumn, firstRow, rows, dataBytes, memory));
    }

    private static long columnBytes(Column column, int rows) {
        long bytes = column.type().fixed()
                ? (long) rows * column.type().width() + (rows + 7) / 8
                : rows * 8L + RecentValues.bytes(rows);
        return (bytes + 63) & ~63L;
    }

    /** Id of the first row; the others follow without a gap. */
    public long firstRow() {
        return firstRow;
    }

    /** Rows that may be read. */
    public int rows() {
        return rows;
    }

    public long minTime() {
        return minTime;
    }

    public long maxTime() {
        return maxTime;
    }

    public long bytes() {
        return memory.capacity();
    }

    /** What of it variable values take; those that share bytes count once. */
    long dataBytes() {
        return dataUsed;
    }

    /** Whether values of a variable column are compared with others than the one before. */
    boolean looksForEqual(int column) {
        return Objects.requireNonNull(recent[column]).worthwhile();
    }

    /** Adds a row in the form of {@link RowLayout}, unpublished; false if there is no room. */
    public boolean add(long row) {
        if (written == rowCapacity) {
            return false;
        }
        long at = RowLayout.values(row, columns.size());
        if (dataUsed + RowLayout.length(row) > dataCapacity) {
            return false; // a row's variable bytes are fewer than the whole; the last few bytes of a chunk may go
            // unused
        }
        for (int i = 0; i < columns.size(); i++) {
            var type = columns.get(i).type();
            if (RowLayout.isNull(row, i)) {
                writeNull(i);
                continue;
            }
            int bytes = RowLayout.valueBytes(at, type);
            if (type.fixed()) {
                writeFixed(i, at);
            } else {
                writeVariable(i, at + 4, bytes - 4);
            }
            at += bytes;
        }
        written++;
        return true;
    }

    private void writeNull(int column) {
        if (!columns.get(column).type().fixed()) {
            OffHeap.putInt(base(column) + written * 8L + 4, -1);
        }
    }

    private void writeFixed(int column, long source) {
        int width = columns.get(column).type().width();
        OffHeap.copy(source, base(column) + (long) written * width, width);
        long bits = base(column) + (long) rowCapacity * width + (written >>> 3);
        OffHeap.putByte(bits, (byte) (OffHeap.getByte(bits) | 1 << (written & 7)));
    }

    private void writeVariable(int column, long source, int length) {
        int equal = findEqual(column, source, length);
        if (equal >= 0) {
            OffHeap.putLong(base(column) + written * 8L, OffHeap.getLong(base(column) + equal * 8L));
            return;
        }
        OffHeap.copy(source, memory.address() + dataOffset + dataUsed, length);
        OffHeap.putInt(base(column) + written * 8L, (int) dataUsed);
        OffHeap.putInt(base(column) + written * 8L + 4, length);
        dataUsed += length;
    }

    /** A row whose value equals that one, or -1 if none is known: the row before, or one that has been noted. */
    private int findEqual(int column, long source, int length) {
        if (written > 0 && equal(column, written - 1, source, length)) {
            return written - 1;
        }
        var noted = Objects.requireNonNull(recent[column]);
        if (!noted.worthwhile()) {
            return -1;
        }
        long hash = OffHeap.hash(source, length);
        for (int i = 0; i < RecentValues.WAYS; i++) {
            int row = noted.candidate(hash, i);
            if (row >= 0 && row < written && equal(column, row, source, length)) {
                noted.found(hash, i, written);
                return row;
            }
        }
        noted.missed(hash, written);
        return -1;
    }

    private boolean equal(int column, int row, long source, int length) {
        return length(column, row) == length && OffHeap.equal(source, address(column, row), length);
    }

    /** Makes the rows added so far readable. */
    public void publish() {
        long least = minTime;
        long most = maxTime;
        for (int row = rows; row < written; row++) {
            long time = time(row);
            least = Math.min(least, time);
            most = Math.max(most, time);
        }
        minTime = least;
        maxTime = most;
        rows = written;
    }

    /** The row's time, 0 where it has none. */
    public long time(int row) {
        return timeColumn < 0 || isNull(timeColumn, row) ? 0 : getLong(timeColumn, row);
    }

    /** Takes back the rows added and not published. Their variable bytes stay unused. */
    public void rollback() {
        for (int column = 0; column < columns.size(); column++) {
            if (columns.get(column).type().fixed()) {
                for (int row = rows; row < written; row++) {
                    long bits = base(column)
                            + (long) rowCapacity * columns.get(column).type().width()
                            + (row >>> 3);
                    OffHeap.putByte(bits, (byte) (OffHeap.getByte(bits) & ~(1 << (row & 7))));
                }
            }
        }
        written = rows;
    }

    /** Takes back published rows from that one on; only if nobody can have read them yet. */
    public void truncate(int toRows) {
        if (toRows < rows) {
            rows = toRows;
            rollback();
        }
    }

    public boolean isNull(int column, int row) {
        var type = columns.get(column).type();
        if (type.fixed()) {
            long bits = base(column) + (long) rowCapacity * type.width() + (row >>> 3);
            return (OffHeap.getByte(bits) & 1 << (row & 7)) == 0;
        }
        return length(column, row) < 0;
    }

    /** The integer of a fixed column other than a float. */
    public long getLong(int column, int row) {
        var type = columns.get(column).type();
        return RowLayout.fixed(base(column) + (long) row * type.width(), type);
    }

    public double getDouble(int column, int row) {
        var type = columns.get(column).type();
        return RowLayout.floating(base(column) + (long) row * type.width(), type);
    }

    /** Length of a variable value, -1 for null. */
    public int length(int column, int row) {
        return OffHeap.getInt(base(column) + row * 8L + 4);
    }

    public long address(int column, int row) {
        return memory.address() + dataOffset + OffHeap.getInt(base(column) + row * 8L);
    }

    /** A row's values as objects; see {@link RowLayout#toObjects}. */
    public @Nullable Object[] toObjects(int row) {
        var objects = new @Nullable Object[columns.size()];
        for (int i = 0; i < objects.length; i++) {
            if (!isNull(i, row)) {
                objects[i] = toObject(i, row);
            }
        }
        return objects;
    }

    private Object toObject(int column, int row) {
        return switch (columns.get(column).type()) {
            case INT64, TIMESTAMP -> getLong(column, row);
            case INT32 -> (int) getLong(column, row);
            case BOOL -> getLong(column, row) != 0;
            case FLOAT64 -> getDouble(column, row);
            case FLOAT32 -> (float) getDouble(column, row);
            case STRING, JSON -> new String(bytes(column, row), java.nio.charset.StandardCharsets.UTF_8);
            case BYTES -> bytes(column, row);
        };
    }

    private byte[] bytes(int column, int row) {
        return OffHeap.toArray(address(column, row), length(column, row));
    }

    /** Takes a reference; only while someone else surely holds one (under the shard's lock). */
    public void retain() {
        references.incrementAndGet();
    }

    public void release() {
        if (references.decrementAndGet() == 0) {
            memory.close();
        }
    }

    private long base(int column) {
        return memory.address() + columnOffset[column];
    }
}
