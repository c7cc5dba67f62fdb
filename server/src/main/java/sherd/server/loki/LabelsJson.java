package sherd.server.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.StringWriter;
import java.util.TreeMap;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Labels as they lie in a row: a JSON object, names in order, so that equal labels are equal bytes. */
final class LabelsJson {
    static final JsonFactory FACTORY = JsonFactory.builder().build();

    private LabelsJson() {}

    static byte[] bytes(Labels labels) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, labels);
        }
        return text.toString().getBytes(UTF_8);
    }

    static void write(JsonGenerator json, Labels labels) {
        json.writeStartObject();
        for (int i = 0; i < labels.size(); i++) {
            json.writeStringProperty(labels.name(i), labels.value(i));
        }
        json.writeEndObject();
    }

    /** Of a row; one that was appended by other means than a push may have anything there, which is no labels then. */
    static Labels lenient(byte[] bytes, int length) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, 0, length)) {
            parser.nextToken();
            return labels(parser);
        } catch (LokiException | JacksonException e) {
            return Labels.EMPTY;
        }
    }

    /** Of the object of strings that the parser stands on. */
    static Labels labels(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw LokiException.bad("labels must be a JSON object of strings");
        }
        var map = new TreeMap<String, String>();
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw LokiException.bad("the value of a label must be a string: label='" + name + "'");
            }
            map.put(name, parser.getString());
        }
        return Labels.of(map);
    }
}
