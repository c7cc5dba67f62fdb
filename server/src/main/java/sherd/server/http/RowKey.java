package sherd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ColumnText;
import sherd.engine.schema.ColumnType;

/** The key parts that a request gives beside a row's columns. */
record RowKey(ShardedTable table, List<String> parts) {
    /** Fills in the key columns that the row left out, and refuses those that say something else. */
    void complete(RowReader reader, @Nullable Object[] values) {
        var definition = table.definition();
        for (int i = 0; i < parts.size(); i++) {
            int index = definition.indexOf(definition.key().get(i));
            var column = definition.columns().get(index);
            var wanted = ColumnText.parse(column, parts.get(i).getBytes(StandardCharsets.UTF_8));
            var given = values[index];
            if (!reader.given(index)) {
                values[index] = wanted;
            } else if (given == null || !same(column.type(), given, wanted)) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "the row names another key: column='" + column.name() + "' wanted='" + parts.get(i)
                                + "'; leave the key out of the row");
            }
        }
    }

    private static boolean same(ColumnType type, Object left, Object right) {
        return Arrays.equals(ColumnText.format(type, left), ColumnText.format(type, right));
    }
}
