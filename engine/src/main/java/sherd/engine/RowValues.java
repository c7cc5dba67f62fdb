package sherd.engine;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.text.RowView;
import sherd.engine.schema.ColumnType;

/** Values of rows as objects, each of its column's type. */
final class RowValues {
    private RowValues() {}

    static @Nullable Object of(RowView row, int column, ColumnType type) {
        if (row.isNull(column)) {
            return null;
        }
        return switch (type) {
            case INT64, INT32, TIMESTAMP, BOOL -> whole(type, row.getLong(column));
            case FLOAT64, FLOAT32 -> fraction(type, row.getDouble(column));
            case STRING, JSON -> new String(bytes(row, column), StandardCharsets.UTF_8);
            case BYTES -> bytes(row, column);
        };
    }

    static Object whole(ColumnType type, long value) {
        return switch (type) {
            case INT32 -> (int) value;
            case BOOL -> value != 0;
            case INT64, TIMESTAMP, FLOAT64, FLOAT32, STRING, BYTES, JSON -> value;
        };
    }

    static Object fraction(ColumnType type, double value) {
        return type == ColumnType.FLOAT32 ? (Object) (float) value : (Object) value;
    }

    private static byte[] bytes(RowView row, int column) {
        var bytes = new byte[row.length(column)];
        row.copyBytes(column, bytes, 0);
        return bytes;
    }
}
