package sherd.engine.table;

import java.util.List;
import java.util.stream.IntStream;
import sherd.engine.column.ColumnSet;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;

/**
 * How one shard's rows with columns are kept: values of fixed width in {@link ColumnSet}, the others in the row's record
 * as a run of length (int, -1 for null) and bytes, in schema order. Between the two and {@link RowLayout} it translates.
 */
final class RowColumns implements AutoCloseable {
    private final List<Column> columns;
    private final ColumnSet fixed;

    RowColumns(List<Column> columns, RecordHeap heap) {
        this.columns = columns;
        this.fixed = new ColumnSet(
                heap,
                IntStream.range(0, columns.size())
                        .filter(i -> columns.get(i).type().fixed())
                        .map(i -> columns.get(i).type().width())
                        .toArray());
    }

    /** A slot in the arrays, or -1. */
    int addRow() {
        return fixed.addRow();
    }

    void removeRow(int slot) {
        fixed.removeRow(slot);
    }

    /** Bytes that a row's variable columns take in its record. */
    long variableBytes(long row) {
        long bytes = 0;
        long at = RowLayout.values(row, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            var type = columns.get(i).type();
            int length = RowLayout.isNull(row, i) ? 0 : RowLayout.valueBytes(at, type);
            bytes += type.fixed() ? 0 : Math.max(4, length);
            at += length;
        }
        return bytes;
    }

    /** Stores a row: fixed columns at the slot, the others at {@code variable}. */
    void write(long row, int slot, long variable) {
        long at = RowLayout.values(row, columns.size());
        long target = variable;
        int array = 0;
        for (int i = 0; i < columns.size(); i++) {
            var type = columns.get(i).type();
            boolean isNull = RowLayout.isNull(row, i);
            int length = isNull ? 0 : RowLayout.valueBytes(at, type);
            if (type.fixed()) {
                if (isNull) {
                    fixed.setNull(array++, slot);
                } else {
                    fixed.set(array++, slot, at);
                }
            } else if (isNull) {
                OffHeap.putInt(target, -1);
                target += 4;
            } else {
                OffHeap.copy(at, target, length);
                target += length;
            }
            at += length;
        }
    }

    /** Puts a stored row together again as {@link RowLayout} at the start of {@code out}; returns its length. */
    int read(int slot, long variable, int variableBytes, Region out) {
        int nullBytes = RowLayout.nullBytes(columns.size());
        long most = RowLayout.HEADER + nullBytes + 8L * columns.size() + variableBytes;
        out.ensure(most);
        long row = out.address();
        OffHeap.fill(row, RowLayout.HEADER + nullBytes, (byte) 0);
        long at = row + RowLayout.HEADER + nullBytes;
        long source = variable;
        int array = 0;
        for (int i = 0; i < columns.size(); i++) {
            var type = columns.get(i).type();
            boolean isNull;
            if (type.fixed()) {
                isNull = fixed.isNull(array, slot);
                if (!isNull) {
                    OffHeap.copy(fixed.address(array, slot), at, type.width());
                    at += type.width();
                }
                array++;
            } else {
                int length = OffHeap.getInt(source);
                isNull = length < 0;
                if (!isNull) {
                    OffHeap.copy(source, at, 4L + length);
                    at += 4L + length;
                }
                source += 4 + Math.max(0, length);
            }
            if (isNull) {
                long flag = row + RowLayout.HEADER + (i >>> 3);
                OffHeap.putByte(flag, (byte) (OffHeap.getByte(flag) | 1 << (i & 7)));
            }
        }
        OffHeap.putInt(row, (int) (at - row));
        return (int) (at - row);
    }

    @Override
    public void close() {
        fixed.close();
    }
}
