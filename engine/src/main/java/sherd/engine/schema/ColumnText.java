package sherd.engine.schema;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Values of columns as text: in keys, in hash fields, on the command line. */
public final class ColumnText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ColumnText() {}

    /** The value a text stands for; WRONG_TYPE or INVALID_TEXT says what was wrong. */
    public static Object parse(Column column, byte[] bytes) {
        if (column.type() == ColumnType.BYTES) {
            return bytes;
        }
        var text = utf8(column, bytes);
        try {
            return switch (column.type()) {
                case INT64 -> Long.parseLong(text);
                case INT32 -> Integer.parseInt(text);
                case FLOAT64 -> Double.parseDouble(text);
                case FLOAT32 -> Float.parseFloat(text);
                case BOOL -> bool(text);
                case TIMESTAMP -> timestamp(text);
                case JSON -> json(column, text);
                case STRING, BYTES -> text;
            };
        } catch (NumberFormatException | DateTimeException e) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    "not a value of the column's type: column='" + column.name() + "' type="
                            + column.type().label() + " value='" + shorten(text) + "'",
                    e);
        }
    }

    /** The text of a value, as {@link #parse} takes it. */
    public static byte[] format(ColumnType type, Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        var text = type == ColumnType.TIMESTAMP
                ? Instant.ofEpochMilli((Long) value).toString()
                : value.toString();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** RFC 3339 with an offset, or milliseconds since 1970. */
    public static long timestamp(String text) {
        if (text.indexOf('T') > 0 || text.indexOf('t') > 0) {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        }
        return Long.parseLong(text);
    }

    /** The bytes as text; INVALID_TEXT if they are not UTF-8. */
    public static String utf8(Column column, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new StoreException(
                    ErrorCode.INVALID_TEXT,
                    "not UTF-8: column='" + column.name() + "'; send UTF-8 or make the column bytes",
                    e);
        }
    }

    /** The text itself if it is one JSON value: it is shown to readers of JSON as it is. */
    private static String json(Column column, String text) {
        try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            boolean some = parser.nextToken() != null;
            parser.skipChildren();
            if (some && parser.nextToken() == null) {
                return text;
            }
        } catch (JacksonException e) {
            throw notJson(column, text, e.getOriginalMessage());
        }
        throw notJson(column, text, "exactly one value is wanted");
    }

    private static StoreException notJson(Column column, String text, String reason) {
        return new StoreException(
                ErrorCode.WRONG_TYPE,
                "not JSON: column='" + column.name() + "' value='" + shorten(text) + "' reason='" + reason
                        + "'; send one JSON value, or make the column a string");
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new NumberFormatException("neither true nor false");
        };
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
