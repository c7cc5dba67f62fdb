package sherd.engine;

import java.util.List;
import sherd.engine.archive.RowCursor;
import sherd.engine.archive.text.RowView;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.table.FieldList;

/** Free-form keys as rows: one of a string, without a field, and one of each field of a hash. One owner. */
final class FreeFormRows implements AutoCloseable {
    static final List<Column> COLUMNS = List.of(
            new Column("key", ColumnType.BYTES),
            new Column("field", ColumnType.BYTES),
            new Column("value", ColumnType.BYTES));

    private static final int FIELD = 1;

    private final RowVisitor visitor;
    private final Region archived;
    private final View view = new View();

    FreeFormRows(RowVisitor visitor, MemoryBudget budget) {
        this.visitor = visitor;
        archived = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
    }

    /** Of a key in memory, copied out of its shard. */
    void show(long put) {
        show(
                MutationLayout.kind(put),
                MutationLayout.key(put),
                MutationLayout.keyLength(put),
                MutationLayout.first(put),
                MutationLayout.firstLength(put));
    }

    /** Of a key at a place in a segment. */
    void show(RowCursor cursor, Kind kind, byte[] key) {
        var value = cursor.getBytes(1);
        archived.ensure((long) key.length + value.length + 1);
        long at = archived.address();
        OffHeap.copy(key, 0, at, key.length);
        OffHeap.copy(value, 0, at + key.length, value.length);
        show(kind, at, key.length, at + key.length, value.length);
    }

    private void show(Kind kind, long key, int keyLength, long value, int valueLength) {
        if (kind != Kind.HASH) {
            view.set(key, keyLength, 0, 0, value, valueLength);
            visitor.row(view, 0, 0);
            return;
        }
        long end = value + valueLength;
        for (long field = value; field < end; field += FieldList.bytes(field)) {
            view.set(
                    key,
                    keyLength,
                    FieldList.name(field),
                    FieldList.nameLength(field),
                    FieldList.value(field),
                    FieldList.valueLength(field));
            visitor.row(view, 0, 0);
        }
    }

    @Override
    public void close() {
        archived.close();
    }

    private static final class View implements RowView {
        private final long[] addresses = new long[COLUMNS.size()];
        private final int[] lengths = new int[COLUMNS.size()];

        void set(long key, int keyLength, long field, int fieldLength, long value, int valueLength) {
            addresses[0] = key;
            lengths[0] = keyLength;
            addresses[FIELD] = field;
            lengths[FIELD] = fieldLength;
            addresses[2] = value;
            lengths[2] = valueLength;
        }

        @Override
        public boolean isNull(int column) {
            return addresses[column] == 0;
        }

        @Override
        public long getLong(int column) {
            throw new IllegalArgumentException("a column of bytes");
        }

        @Override
        public double getDouble(int column) {
            throw new IllegalArgumentException("a column of bytes");
        }

        @Override
        public int length(int column) {
            return lengths[column];
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            OffHeap.copy(addresses[column], target, offset, lengths[column]);
        }
    }
}
