package sherd.server.loki;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads what another server answered, in Loki's shapes. */
final class PeerAnswer {
    private final JsonParser parser;

    private PeerAnswer(JsonParser parser) {
        this.parser = parser;
    }

    static Found read(Question question, byte[] document) {
        try (var parser = LabelsJson.FACTORY.createParser(ObjectReadContext.empty(), document)) {
            return new PeerAnswer(parser).answer(question);
        } catch (JacksonException | ArithmeticException | NumberFormatException e) {
            throw new LokiException(502, "an answer that cannot be read: " + e.getMessage());
        }
    }

    private Found answer(Question question) {
        require(parser.nextToken() == JsonToken.START_OBJECT);
        var figures = new Figures();
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            if (name.equals("warnings")) {
                strings().forEach(figures::warn);
                continue;
            }
            if (!name.equals("data")) {
                parser.skipChildren();
                continue;
            }
            return switch (question) {
                case QUERY, QUERY_RANGE -> new Found.Query(result(), figures);
                case SERIES -> series();
                default -> new Found.Texts(strings());
            };
        }
        throw broken();
    }

    private List<String> strings() {
        var texts = new ArrayList<String>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                texts.add(parser.getString());
            }
        }
        return texts;
    }

    private Found series() {
        var series = new ArrayList<Labels>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                series.add(LabelsJson.labels(parser));
            }
        }
        return new Found.Series(series);
    }

    private Result result() {
        var type = "";
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            if (name.equals("resultType")) {
                type = parser.getString();
            } else if (name.equals("result")) {
                return switch (type) {
                    case "streams" -> streams();
                    case "matrix", "vector" -> samples(type.equals("vector"));
                    case "scalar" -> {
                        var sample = sample();
                        yield new Result.Scalar(sample.nanos(), sample.value());
                    }
                    default -> throw broken();
                };
            } else {
                parser.skipChildren();
            }
        }
        throw broken();
    }

    private Result streams() {
        var entries = new ArrayList<LogEntry>();
        require(parser.currentToken() == JsonToken.START_ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            var labels = Labels.EMPTY;
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "stream" -> labels = LabelsJson.labels(parser);
                    case "values" -> lines(labels, entries);
                    default -> parser.skipChildren();
                }
            }
        }
        return new Result.Streams(entries);
    }

    private void lines(Labels labels, List<LogEntry> entries) {
        require(parser.currentToken() == JsonToken.START_ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.nextToken() == JsonToken.VALUE_STRING);
            long nanos = Long.parseLong(parser.getString());
            require(parser.nextToken() == JsonToken.VALUE_STRING);
            entries.add(new LogEntry(nanos, 0, labels, parser.getString()));
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parser.skipChildren();
            }
        }
    }

    private Result samples(boolean vector) {
        var rows = new ArrayList<Result.Row>();
        require(parser.currentToken() == JsonToken.START_ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            var labels = Labels.EMPTY;
            var samples = new ArrayList<Result.Sample>();
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "metric" -> labels = LabelsJson.labels(parser);
                    case "value" -> samples.add(sample());
                    case "values" -> {
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            samples.add(sample());
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
            rows.add(new Result.Row(labels, samples));
        }
        return new Result.Samples(vector, rows);
    }

    private Result.Sample sample() {
        require(parser.currentToken() == JsonToken.START_ARRAY);
        parser.nextToken();
        long nanos = new BigDecimal(parser.getString()).movePointRight(9).longValueExact();
        require(parser.nextToken() == JsonToken.VALUE_STRING);
        var value = parser.getString();
        require(parser.nextToken() == JsonToken.END_ARRAY);
        return new Result.Sample(nanos, value);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw broken();
        }
    }

    private static LokiException broken() {
        return new LokiException(502, "an answer that is not Loki's");
    }
}
