package sherd.engine.table;

import sherd.engine.archive.RowCursor;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.column.ColumnChunk;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;

/** Rows of a log table into a segment. */
public final class LogSegment {
    private final SegmentSchema schema;
    private final ColumnType[] types;

    public LogSegment(TableDefinition definition) {
        this.schema = new SegmentSchema(definition);
        this.types = definition.columns().stream().map(Column::type).toArray(ColumnType[]::new);
    }

    public void add(SegmentWriter writer, ColumnChunk chunk, int row, int shard) {
        for (int i = 0; i < types.length; i++) {
            if (chunk.isNull(i, row)) {
                continue;
            }
            switch (types[i]) {
                case INT64, INT32, TIMESTAMP, BOOL -> writer.putLong(i, chunk.getLong(i, row));
                case FLOAT64, FLOAT32 -> writer.putDouble(i, chunk.getDouble(i, row));
                case STRING, JSON, BYTES -> writer.putBytes(i, chunk.address(i, row), chunk.length(i, row));
            }
        }
        writer.putLong(schema.shard(), shard);
        end(writer, chunk.firstRow() + row);
    }

    /**
     * Adds the row at a cursor of another segment of the table, and those behind it in its batch, up to so many and as
     * far as they fit into a batch; returns how many.
     */
    public int copy(SegmentWriter writer, RowCursor from, int most) {
        return writer.copyRows(from, most, schema.base());
    }

    /** Ends a row that has all its values. */
    public void end(SegmentWriter writer, long id) {
        writer.putLong(schema.base(), id - writer.rowInBatch());
        writer.endRow();
    }

    /** The id of the row at a cursor, in the shard that had it. */
    public long id(RowCursor cursor) {
        return cursor.rowInBatch() + cursor.getLong(schema.base());
    }
}
