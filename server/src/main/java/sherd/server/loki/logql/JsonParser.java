package sherd.server.loki.logql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** Members of a line that is JSON become labels: all of them, objects flattened and arrays left out, or those asked for. */
final class JsonParser implements Stage {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();

    private final List<Extraction> wanted;
    private final List<JsonPath> paths;

    JsonParser(List<Extraction> wanted) {
        this.wanted = List.copyOf(wanted);
        this.paths = wanted.stream().map(one -> JsonPath.parse(one.from())).toList();
    }

    @Override
    public boolean process(LogLine line) {
        try {
            if (wanted.isEmpty()) {
                flatten(line);
            } else {
                var document = line.text().getBytes(UTF_8);
                for (int i = 0; i < wanted.size(); i++) {
                    var value = find(document, paths.get(i));
                    line.extract(wanted.get(i).label(), value == null ? "" : value);
                }
            }
        } catch (JacksonException e) {
            line.fail("JSONParserErr", e.getOriginalMessage());
        }
        return true;
    }

    private static void flatten(LogLine line) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), line.text())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                line.fail("JSONParserErr", "the line is not a JSON object");
                return;
            }
            members(parser, "", line);
        }
    }

    private static void members(tools.jackson.core.JsonParser parser, String prefix, LogLine line) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var key = prefix.isEmpty() ? Names.sanitized(name) : prefix + "_" + rest(name);
            switch (parser.nextToken()) {
                case START_OBJECT -> members(parser, key, line);
                case START_ARRAY -> parser.skipChildren();
                case VALUE_NULL -> {}
                case null, default -> line.extract(key, parser.getString());
            }
        }
    }

    /** A name that does not begin a label may begin with a digit. */
    private static String rest(String name) {
        return Names.sanitized("_" + name).substring(1);
    }

    private static @Nullable String find(byte[] document, JsonPath path) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), document)) {
            parser.nextToken();
            for (var step : path.steps()) {
                if (!step.enter(parser)) {
                    return null;
                }
            }
            return switch (parser.currentToken()) {
                case START_OBJECT, START_ARRAY -> {
                    int from = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    yield new String(
                            document, from, (int) parser.currentLocation().getByteOffset() - from, UTF_8);
                }
                case VALUE_NULL -> null;
                case null -> null;
                default -> parser.getString();
            };
        }
    }
}
