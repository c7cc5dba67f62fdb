package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;

/**
 * The columns of a table's segments: the table's own, then hidden ones for what a row is beside its values.
 *
 * <pre>
 * record table:  own columns | _key | _kind | _fields | _expires | _vector | _written
 * log table:     own columns | _shard | _base
 * </pre>
 *
 * A free-form key's string or hash lies in {@code value}; a tombstone has kind 0 and no value. A log row's id is its
 * place in its record batch and {@code _base}, which repeats, as ids do not.
 */
public final class SegmentSchema {
    private final int own;
    private final List<SegmentColumn> columns;
    private final int time;
    private final int key;

    public SegmentSchema(TableDefinition definition) {
        var all = new ArrayList<SegmentColumn>();
        for (var column : definition.columns()) {
            all.add(new SegmentColumn(
                    column.name(), column.type(), column.type().text(), false));
        }
        own = all.size();
        hiddenColumns(definition.kind()).forEach(all::add);
        columns = List.copyOf(all);
        time = definition.time().map(definition::indexOf).orElse(-1);
        key = definition.kind() == TableKind.RECORD ? own : -1;
    }

    private static List<SegmentColumn> hiddenColumns(TableKind kind) {
        var hidden = switch (kind) {
            case RECORD ->
                List.of(
                        new Column("_key", ColumnType.BYTES),
                        new Column("_kind", ColumnType.INT32),
                        new Column("_fields", ColumnType.INT32),
                        new Column("_expires", ColumnType.INT64),
                        new Column("_vector", ColumnType.STRING),
                        new Column("_written", ColumnType.INT32));
            case LOG -> List.of(new Column("_shard", ColumnType.INT32), new Column("_base", ColumnType.INT64));
        };
        return hidden.stream()
                .map(column -> new SegmentColumn(column.name(), column.type(), false, true))
                .toList();
    }

    public List<SegmentColumn> columns() {
        return columns;
    }

    /** Columns of the table itself. */
    public int own() {
        return own;
    }

    /** Index of the time column, or -1. */
    public int time() {
        return time;
    }

    /** Index of the column with the key text, or -1. */
    public int key() {
        return key;
    }

    int kind() {
        return own + 1;
    }

    int fields() {
        return own + 2;
    }

    int expires() {
        return own + 3;
    }

    int vector() {
        return own + 4;
    }

    int written() {
        return own + 5;
    }

    public int shard() {
        return own;
    }

    int base() {
        return own + 1;
    }
}
