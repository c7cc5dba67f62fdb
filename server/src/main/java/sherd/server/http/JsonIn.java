package sherd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON documents: strict UTF-8, one value and nothing after it, every refusal naming the member. */
final class JsonIn {
    private static final JsonFactory ROWS = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();
    private static final JsonFactory DOCUMENTS =
            ROWS.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private JsonIn() {}

    /** Where a value lies in its document. */
    record Slice(int from, int to) {
        String text(byte[] document) {
            return new String(document, from, to - from, StandardCharsets.UTF_8);
        }
    }

    /** Reads a document that must be one object, member by member; the parser stands on the member's value. */
    static void object(byte[] document, BiConsumer<String, JsonParser> member) {
        object(DOCUMENTS, document, member);
    }

    /** The same for one row of many; the caller sees to members given twice. */
    static void row(byte[] document, BiConsumer<String, JsonParser> member) {
        object(ROWS, document, member);
    }

    private static void object(JsonFactory factory, byte[] document, BiConsumer<String, JsonParser> member) {
        requireText(document);
        try (var parser = factory.createParser(ObjectReadContext.empty(), document)) {
            var first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw invalid("a JSON object is wanted here, but the body "
                        + (first == null ? "is empty" : "is another value") + "; send {...}");
            }
            members(parser, member);
            if (parser.nextToken() != null) {
                throw invalid("something follows the JSON object; send one object");
            }
        }
    }

    /** Reads a document that may be any one value; the parser stands on it. */
    static void value(byte[] document, Consumer<JsonParser> reader) {
        try (var parser = DOCUMENTS.createParser(ObjectReadContext.empty(), document)) {
            parser.nextToken();
            reader.accept(parser);
        }
    }

    /** The members of the object that the parser stands on. */
    static void members(JsonParser parser, BiConsumer<String, JsonParser> member) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            member.accept(name, parser);
        }
    }

    /** Passes over the current value. Works on parsers of whole byte arrays. */
    static Slice skip(JsonParser parser) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return new Slice(from, (int) parser.currentLocation().getByteOffset());
    }

    static String string(String name, JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(name, "a string", parser);
        }
        return text(name, parser);
    }

    /** The current string; half of a surrogate pair is not text. */
    static String text(String name, JsonParser parser) {
        var text = parser.getString();
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            throw new StoreException(
                    ErrorCode.INVALID_TEXT,
                    "half a surrogate pair is not a character: member='" + name + "' at=" + i
                            + "; send bytes as base64 in a column of type bytes");
        }
        return text;
    }

    /** The current string in UTF-8; null if half a surrogate pair is in it, which is not text. */
    static byte @Nullable [] utf8(JsonParser parser) {
        var chars = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        for (int i = 0; i < length; i++) {
            if (chars[from + i] >= 0x80) {
                var text = new String(chars, from, length);
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                return text.contentEquals(new String(bytes, StandardCharsets.UTF_8)) ? bytes : null;
            }
        }
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) chars[from + i];
        }
        return bytes;
    }

    static long integer(String name, JsonParser parser, long low, long high) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType(name, "an integer", parser);
        }
        long value = 0;
        boolean fits = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (fits) {
            value = parser.getLongValue();
        }
        if (!fits || value < low || value > high) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    "number out of range: member='" + name + "' value=" + shown(parser) + " lowest=" + low + " highest="
                            + high);
        }
        return value;
    }

    static StoreException wrongType(String name, String wanted, JsonParser parser) {
        return new StoreException(
                ErrorCode.WRONG_TYPE,
                "wrong type: member='" + name + "' value=" + shown(parser) + "; " + wanted + " is wanted");
    }

    static StoreException unknown(String name, String known) {
        return new StoreException(
                ErrorCode.INVALID_ARGUMENT, "unknown member: member='" + name + "'; known here are " + known);
    }

    static StoreException invalid(String message) {
        return new StoreException(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** The current value, cut short, for messages. */
    static String shown(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "{...}";
            case START_ARRAY -> "[...]";
            case VALUE_STRING -> "'" + cut(parser.getString()) + "'";
            case null -> "nothing";
            default -> cut(parser.getString());
        };
    }

    private static String cut(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    static Problem problemOf(JacksonException failure) {
        var message = failure.getOriginalMessage();
        if (failure instanceof StreamConstraintsException) {
            return Problem.of(ErrorCode.TOO_LARGE, "JSON beyond what is read here: " + message);
        }
        var location = failure.getLocation();
        var place = location == null ? "" : " line=" + location.getLineNr() + " column=" + location.getColumnNr();
        return Problem.of(ErrorCode.INVALID_TEXT, "broken JSON:" + place + " reason='" + message + "'");
    }

    /** JSON is UTF-8. A NUL would make the parser take it for UTF-16, a byte order mark would shift offsets. */
    static void requireText(byte[] document) {
        int invalid = Utf8.firstInvalid(document);
        if (invalid >= 0) {
            throw new StoreException(
                    ErrorCode.INVALID_TEXT,
                    "not UTF-8: byte=" + Utf8.hex(document[invalid]) + " at=" + invalid + "; send JSON as UTF-8");
        }
        boolean mark = document.length > 2 && document[0] == (byte) 0xEF && document[1] == (byte) 0xBB;
        for (int i = 0; i < Math.min(4, document.length); i++) {
            mark |= document[i] == 0;
        }
        if (mark) {
            throw new StoreException(
                    ErrorCode.INVALID_TEXT, "JSON starts with a byte order mark or NUL; send plain UTF-8");
        }
    }
}
