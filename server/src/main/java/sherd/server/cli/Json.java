package sherd.server.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Answers of a node as maps, lists, strings, numbers, booleans and nulls. Not for anything large. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Empty if it is not JSON. */
    static Optional<Object> parsed(String text) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            return Optional.ofNullable(value(parser));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    /** A member, or a member of a member. */
    static Optional<Object> at(Object value, String... names) {
        Object at = value;
        for (var name : names) {
            if (!(at instanceof Map<?, ?> members) || members.get(name) == null) {
                return Optional.empty();
            }
            at = members.get(name);
        }
        return Optional.ofNullable(at);
    }

    static Optional<String> text(Optional<Object> value) {
        return value.filter(String.class::isInstance).map(String.class::cast);
    }

    static long number(Object value, String... names) {
        return at(value, names)
                .filter(Number.class::isInstance)
                .map(number -> ((Number) number).longValue())
                .orElse(0L);
    }

    static List<?> list(Object value, String... names) {
        return at(value, names)
                .<List<?>>map(found -> found instanceof List<?> list ? list : List.of())
                .orElse(List.of());
    }

    static String quoted(String text) {
        var out = new java.io.StringWriter();
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeString(text);
        }
        return out.toString();
    }
}
