package sherd.engine.schema;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * What a user says of a table. Two definitions are the same table if they are equal.
 *
 * @param columns in the order they were declared
 * @param key names of the key columns; empty for log tables
 * @param shardKey names of the columns that place a row; the key if not said
 * @param time the timestamp column that orders and ages rows; always there for log tables
 */
public record TableDefinition(
        TableName name,
        TableKind kind,
        List<Column> columns,
        List<String> key,
        List<String> shardKey,
        Optional<String> time,
        int shards,
        ArchiveSettings archive) {
    public static final int MAX_SHARDS = 4096;
    public static final int MAX_COLUMNS = 1024;

    public TableDefinition {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        shardKey = List.copyOf(shardKey.isEmpty() ? key : shardKey);
        var names = new HashSet<String>();
        for (var column : columns) {
            TableName.requireName("column", column.name());
            check(names.add(column.name()), "column named twice: column='" + column.name() + "'");
        }
        check(columns.size() <= MAX_COLUMNS, "too many columns: columns=" + columns.size() + " limit=" + MAX_COLUMNS);
        check(
                shards >= 1 && shards <= MAX_SHARDS,
                "bad number of shards: shards=" + shards + "; choose 1 to " + MAX_SHARDS);
        check(!columns.isEmpty(), "a table needs columns: table=" + name);
        for (var part : key) {
            check(names.contains(part), "key names no column: key='" + part + "'");
        }
        for (var part : shardKey) {
            check(names.contains(part), "shard_key names no column: shard_key='" + part + "'");
        }
        switch (kind) {
            case RECORD -> check(!key.isEmpty(), "a record table needs a key: table=" + name);
            case LOG -> {
                check(key.isEmpty(), "a log table has no key: key=" + key);
                check(time.isPresent(), "a log table needs a time column: table=" + name);
            }
        }
        if (time.isPresent()) {
            var column = time.get();
            check(
                    columns.contains(new Column(column, ColumnType.TIMESTAMP)),
                    "time must name a timestamp column: time='" + column + "'");
        }
    }

    /** The table of plain keys. */
    public static TableDefinition keyValue(int shards, ArchiveSettings archive) {
        return new TableDefinition(
                TableName.KEY_VALUE,
                TableKind.RECORD,
                List.of(new Column("key", ColumnType.BYTES), new Column("value", ColumnType.BYTES)),
                List.of("key"),
                List.of("key"),
                Optional.empty(),
                shards,
                archive);
    }

    /** A log table as it is when nobody says its columns. */
    public static TableDefinition lines(TableName name, int shards, ArchiveSettings archive) {
        return new TableDefinition(
                name,
                TableKind.LOG,
                List.of(new Column("ts", ColumnType.TIMESTAMP), new Column("line", ColumnType.STRING)),
                List.of(),
                List.of(),
                Optional.of("ts"),
                shards,
                archive);
    }

    /** Index of a column, or -1. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** Free-form keys with string or hash values, instead of rows with columns. */
    public boolean freeForm() {
        return name.equals(TableName.KEY_VALUE);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new StoreException(ErrorCode.INVALID_ARGUMENT, message);
        }
    }
}
