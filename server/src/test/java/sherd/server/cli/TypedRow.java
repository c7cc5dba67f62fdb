package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import sherd.engine.schema.ColumnType;

/**
 * A row with a column of every type, as JSON for the node, and printed so that two values look equal only if they are:
 * integers in decimal, floats as the bits of a double, text and bytes in hexadecimal, each in quotes, and null.
 */
record TypedRow(String json, List<String> printed) {
    static final List<String> NAMES = List.of("ts", "id", "small", "wide", "narrow", "ok", "text", "raw", "doc");
    static final List<ColumnType> TYPES = List.of(
            ColumnType.TIMESTAMP,
            ColumnType.INT64,
            ColumnType.INT32,
            ColumnType.FLOAT64,
            ColumnType.FLOAT32,
            ColumnType.BOOL,
            ColumnType.STRING,
            ColumnType.BYTES,
            ColumnType.JSON);

    private static final List<String> TEXTS = List.of(
            "",
            "\r\n",
            "ends in CR LF\r\n",
            "stray \r within",
            "\u0000\u001f\u007f",
            "straße 漢字 データ 한국어 e\u0301 \uD83D\uDE00",
            "quote \" backslash \\ slash /",
            " ");
    private static final List<String> DOCUMENTS = List.of(
            "{}", "[]", "0", "\"\"", "true", "{ \"a\" : [1, null, \"x\\r\\n\"] }", "{\"n\":1e400,\"漢\":\"\\u6f22\"}");

    /** The part of a table's definition that lists the columns. */
    static String columns() {
        var columns = new ArrayList<String>();
        for (int i = 0; i < NAMES.size(); i++) {
            columns.add("{\"name\":\"" + NAMES.get(i) + "\",\"type\":\""
                    + TYPES.get(i).label() + "\"}");
        }
        return "\"columns\":[" + String.join(",", columns) + "]";
    }

    /** One with this id and time, and anything else, nulls and extremes included. */
    static TypedRow random(Random random, long id, long time) {
        var json = new ArrayList<String>();
        var printed = new ArrayList<String>();
        for (int i = 0; i < NAMES.size(); i++) {
            var type = TYPES.get(i);
            var value = switch (NAMES.get(i)) {
                case "ts" -> time;
                case "id" -> id;
                default -> random.nextInt(8) == 0 ? null : value(random, type);
            };
            json.add("\"" + NAMES.get(i) + "\":" + json(type, value));
            printed.add(print(type, value));
        }
        return new TypedRow("{" + String.join(",", json) + "}", printed);
    }

    private static Object value(Random random, ColumnType type) {
        boolean extreme = random.nextInt(4) == 0;
        return switch (type) {
            case TIMESTAMP, INT64 -> random.nextLong();
            case INT32 -> (long) (extreme ? Integer.MIN_VALUE : random.nextInt());
            case FLOAT64 ->
                extreme
                        ? List.of(Double.NaN, -0.0, Double.MIN_VALUE, Double.NEGATIVE_INFINITY, 1e308)
                                .get(random.nextInt(5))
                        : random.nextGaussian();
            case FLOAT32 ->
                (double)
                        (extreme
                                ? List.of(Float.NaN, -0f, Float.MIN_VALUE, Float.MAX_VALUE)
                                        .get(random.nextInt(4))
                                : random.nextFloat());
            case BOOL -> random.nextBoolean();
            case STRING -> text(random, extreme);
            case BYTES -> {
                var bytes = new byte[random.nextInt(extreme ? 3 : 200)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case JSON -> DOCUMENTS.get(random.nextInt(DOCUMENTS.size()));
        };
    }

    private static String text(Random random, boolean extreme) {
        if (random.nextInt(300) == 0) {
            var longText = new StringBuilder();
            while (longText.length() < 300_000) {
                longText.append(Long.toString(random.nextLong(), 36)).append(' ');
            }
            return longText.toString();
        }
        return extreme ? TEXTS.get(random.nextInt(TEXTS.size())) : "word" + random.nextInt(50) + " rest of a line";
    }

    private static String json(ColumnType type, @Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Double number when !Double.isFinite(number) -> "\"" + number + "\"";
            case Double number when type == ColumnType.FLOAT32 -> Float.toString(number.floatValue());
            case String text when type == ColumnType.STRING -> Json.quoted(text);
            case byte[] bytes -> "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
            default -> value.toString();
        };
    }

    /** A value as it lies in a segment or comes from a foreign reader. */
    static String print(ColumnType type, @Nullable Object value) {
        var text = switch (value) {
            case null -> "";
            case Double number -> HexFormat.of().toHexDigits(Double.doubleToLongBits(number));
            case Float number -> HexFormat.of().toHexDigits(Double.doubleToLongBits((double) number));
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Long number when type == ColumnType.BOOL -> Boolean.toString(number != 0);
            default ->
                type == ColumnType.STRING || type == ColumnType.JSON
                        ? HexFormat.of().formatHex(value.toString().getBytes(UTF_8))
                        : value.toString();
        };
        return value == null ? "null" : "'" + text + "'";
    }

    /** A row as the node's answer has it. */
    static List<String> printAnswer(Map<?, ?> answer, String body) {
        var printed = new ArrayList<String>();
        for (int i = 0; i < NAMES.size(); i++) {
            var type = TYPES.get(i);
            var value = answer.get(NAMES.get(i));
            printed.add(print(
                    type,
                    switch (type) {
                        case TIMESTAMP ->
                            value instanceof String text ? Instant.parse(text).toEpochMilli() : value;
                        case FLOAT64 -> value == null ? null : Double.valueOf(value.toString());
                        case FLOAT32 -> value == null ? null : Float.valueOf(value.toString());
                        case BYTES -> value == null ? null : Base64.getDecoder().decode(value.toString());
                        case JSON -> value == null ? null : document(body);
                        case INT64, INT32, BOOL, STRING -> value;
                    }));
        }
        return printed;
    }

    /** The document as it stands in the body, to the letter: it is the last column and the body ends with it. */
    private static String document(String body) {
        return body.substring(body.indexOf("\"doc\":") + 6, body.length() - 1);
    }
}
