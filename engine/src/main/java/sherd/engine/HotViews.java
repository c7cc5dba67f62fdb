package sherd.engine;

import java.util.List;
import sherd.engine.archive.text.RowView;
import sherd.engine.column.ColumnChunk;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.Column;

/** Rows in memory as a search looks at them. */
final class HotViews {
    private HotViews() {}

    /** A row of a chunk of a log table. */
    static final class OfChunk implements RowView {
        private final ColumnChunk chunk;
        private int row;

        OfChunk(ColumnChunk chunk) {
            this.chunk = chunk;
        }

        void seek(int to) {
            row = to;
        }

        @Override
        public boolean isNull(int column) {
            return chunk.isNull(column, row);
        }

        @Override
        public long getLong(int column) {
            return chunk.getLong(column, row);
        }

        @Override
        public double getDouble(int column) {
            return chunk.getDouble(column, row);
        }

        @Override
        public int length(int column) {
            return chunk.length(column, row);
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            OffHeap.copy(chunk.address(column, row), target, offset, chunk.length(column, row));
        }
    }

    /** A row copied out of a shard, as a PUT; of a free-form key, column 0 is the key and column 1 a string's value. */
    static final class OfPut implements RowView {
        private final List<Column> columns;
        private long put;

        OfPut(List<Column> columns) {
            this.columns = columns;
        }

        void seek(long to) {
            put = to;
        }

        @Override
        public boolean isNull(int column) {
            return switch (MutationLayout.kind(put)) {
                case ROW -> RowLayout.isNull(MutationLayout.first(put), column);
                case STRING -> false;
                case HASH -> column != 0;
                case ABSENT -> true;
            };
        }

        @Override
        public long getLong(int column) {
            return RowLayout.fixed(value(column), columns.get(column).type());
        }

        @Override
        public double getDouble(int column) {
            return RowLayout.floating(value(column), columns.get(column).type());
        }

        @Override
        public int length(int column) {
            if (MutationLayout.kind(put) == Kind.ROW) {
                return OffHeap.getInt(value(column) - 4);
            }
            return column == 0 ? MutationLayout.keyLength(put) : MutationLayout.firstLength(put);
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            OffHeap.copy(value(column), target, offset, length(column));
        }

        private long value(int column) {
            if (MutationLayout.kind(put) == Kind.ROW) {
                return RowLayout.find(MutationLayout.first(put), columns, column);
            }
            return column == 0 ? MutationLayout.key(put) : MutationLayout.first(put);
        }
    }
}
