package sherd.server.http;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.server.TimeText;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads JSON objects as rows of one table. Holds the last row read; one reader serves one request. */
final class RowReader {
    private final TableDefinition table;
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final @Nullable Object[] values;
    private final boolean[] given;
    private final long now;

    RowReader(TableDefinition table, long now) {
        this.table = table;
        this.now = now;
        int width = table.columns().size();
        this.values = new Object[width];
        this.given = new boolean[width];
        for (int i = 0; i < width; i++) {
            indexes.put(table.columns().get(i).name(), i);
        }
    }

    TableDefinition table() {
        return table;
    }

    /** Values in the table's order, null where the object had null or nothing; good until the next read. */
    @Nullable
    Object[] read(byte[] document) {
        Arrays.fill(values, null);
        Arrays.fill(given, false);
        JsonIn.row(document, (name, parser) -> {
            var index = indexes.get(name);
            if (index == null) {
                throw new StoreException(
                        ErrorCode.UNKNOWN_COLUMN,
                        "no such column: column='" + name + "' table=" + table.name() + "; its columns are "
                                + String.join(", ", indexes.keySet()));
            }
            if (given[index]) {
                throw JsonIn.invalid("column given twice: column='" + name + "'; give it once");
            }
            given[index] = true;
            values[index] = value(table.columns().get(index), parser, document);
        });
        return values;
    }

    /** Whether the last object named this column. */
    boolean given(int index) {
        return given[index];
    }

    private @Nullable Object value(Column column, JsonParser parser, byte[] document) {
        var name = column.name();
        var token = parser.currentToken();
        if (column.type() == ColumnType.JSON) {
            return token == JsonToken.VALUE_NULL ? null : JsonIn.skip(parser).text(document);
        }
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        return switch (column.type()) {
            case INT64 -> JsonIn.integer(name, parser, Long.MIN_VALUE, Long.MAX_VALUE);
            case INT32 -> (int) JsonIn.integer(name, parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case FLOAT64 -> number(name, parser);
            case FLOAT32 -> narrow(name, number(name, parser), parser);
            case BOOL -> {
                if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                    throw JsonIn.wrongType(name, "true or false", parser);
                }
                yield token == JsonToken.VALUE_TRUE;
            }
            case TIMESTAMP -> time(name, parser);
            case STRING -> JsonIn.string(name, parser);
            case BYTES -> base64(name, parser);
            case JSON -> throw new IllegalStateException("read above");
        };
    }

    private static double number(String name, JsonParser parser) {
        switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                double value = parser.getDoubleValue();
                if (Double.isInfinite(value)) {
                    throw outOfRange(name, parser);
                }
                return value;
            }
            case VALUE_STRING -> {
                switch (parser.getString()) {
                    case "NaN" -> {
                        return Double.NaN;
                    }
                    case "Infinity" -> {
                        return Double.POSITIVE_INFINITY;
                    }
                    case "-Infinity" -> {
                        return Double.NEGATIVE_INFINITY;
                    }
                    default -> throw JsonIn.wrongType(name, "a number", parser);
                }
            }
            default -> throw JsonIn.wrongType(name, "a number", parser);
        }
    }

    private static float narrow(String name, double value, JsonParser parser) {
        float narrow = (float) value;
        if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
            throw outOfRange(name, parser);
        }
        return narrow;
    }

    private static StoreException outOfRange(String name, JsonParser parser) {
        return new StoreException(
                ErrorCode.WRONG_TYPE, "number out of range: member='" + name + "' value=" + JsonIn.shown(parser));
    }

    private long time(String name, JsonParser parser) {
        long time = switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> JsonIn.integer(name, parser, Long.MIN_VALUE, Long.MAX_VALUE);
            case VALUE_STRING -> TimeText.parse(name, parser.getString(), now);
            default -> throw JsonIn.wrongType(name, "a time (RFC 3339 or epoch milliseconds)", parser);
        };
        if (!TimeText.writable(time)) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    "time out of range: member='" + name + "' value=" + JsonIn.shown(parser)
                            + "; years 0000 to 9999 are kept, in milliseconds");
        }
        return time;
    }

    private static byte[] base64(String name, JsonParser parser) {
        var text = JsonIn.string(name, parser);
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    "not base64: member='" + name + "' value=" + JsonIn.shown(parser) + " reason='" + e.getMessage()
                            + "'",
                    e);
        }
    }
}
