package sherd.server.loki;

import sherd.server.loki.logql.Labels;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads {@code {"streams": [{"stream": {...}, "values": [["nanoseconds", "line", {...}], ...]}, ...]}}. */
final class PushJson {
    private final byte[] document;
    private final PushBatch batch;

    private PushJson(byte[] document, PushBatch batch) {
        this.document = document;
        this.batch = batch;
    }

    static void read(byte[] document, PushBatch batch) {
        try {
            new PushJson(document, batch).streams();
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw LokiException.bad("broken JSON:"
                    + (place == null ? "" : " line=" + place.getLineNr() + " column=" + place.getColumnNr())
                    + " reason='"
                    + e.getOriginalMessage() + "'");
        }
    }

    private void streams() {
        try (var parser = LabelsJson.FACTORY.createParser(ObjectReadContext.empty(), document)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, "a JSON object is wanted: {\"streams\": [...]}");
            boolean found = false;
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (!name.equals("streams")) {
                    parser.skipChildren();
                    continue;
                }
                found = true;
                require(parser.currentToken() == JsonToken.START_ARRAY, "streams must be an array");
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    stream(parser);
                }
            }
            require(found, "no streams: send {\"streams\": [...]}");
            require(parser.nextToken() == null, "something follows the JSON object");
        }
    }

    private void stream(JsonParser parser) {
        require(parser.currentToken() == JsonToken.START_OBJECT, "a stream must be an object");
        Labels labels = null;
        int from = -1;
        int to = -1;
        boolean done = false;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "stream" -> {
                    labels = LabelsJson.labels(parser);
                    batch.stream(labels);
                }
                case "values" -> {
                    if (labels != null) {
                        values(parser);
                        done = true;
                    } else {
                        // What they belong to comes later.
                        from = (int) parser.currentTokenLocation().getByteOffset();
                        parser.skipChildren();
                        to = (int) parser.currentLocation().getByteOffset();
                    }
                }
                default -> parser.skipChildren();
            }
        }
        require(labels != null, "a stream without labels: send {\"stream\": {...}, \"values\": [...]}");
        if (!done && from >= 0) {
            try (var again = LabelsJson.FACTORY.createParser(ObjectReadContext.empty(), document, from, to - from)) {
                again.nextToken();
                values(again);
            }
        }
    }

    private void values(JsonParser parser) {
        require(
                parser.currentToken() == JsonToken.START_ARRAY,
                "values must be an array of [\"nanoseconds\", \"line\"]");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.START_ARRAY, "a value must be [\"nanoseconds\", \"line\"]");
            require(
                    parser.nextToken() == JsonToken.VALUE_STRING,
                    "a time must be a string of nanoseconds since 1970, not " + parser.currentToken());
            long nanos = nanos(parser.getString());
            require(parser.nextToken() == JsonToken.VALUE_STRING, "a line must be a string");
            var line = parser.getString();
            var metadata = Labels.EMPTY;
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                metadata = LabelsJson.labels(parser);
                parser.nextToken();
            }
            require(parser.currentToken() == JsonToken.END_ARRAY, "a value has a time, a line and at most an object");
            batch.entry(nanos, line, metadata);
        }
    }

    private static long nanos(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw LokiException.bad("not a time: '" + text + "'; send nanoseconds since 1970 as a string");
        }
    }

    private static void require(boolean holds, String wanted) {
        if (!holds) {
            throw LokiException.bad("not a push request: " + wanted);
        }
    }
}
