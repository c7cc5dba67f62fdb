package sherd.server.loki;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JsonGenerator;

/** Writes results in the shape of Loki's. */
final class ResultJson {
    private ResultJson() {}

    static LokiAnswer answer(Result result, Figures figures, List<String> warnings) {
        return new LokiAnswer.Json(json -> {
            json.writeStartObject();
            json.writeStringProperty("status", "success");
            warnings(
                    json,
                    Stream.concat(warnings.stream(), figures.warnings().stream())
                            .toList());
            json.writeObjectPropertyStart("data");
            json.writeStringProperty("resultType", type(result));
            json.writeArrayPropertyStart("result");
            switch (result) {
                case Result.Streams streams -> streams(json, streams.entries());
                case Result.Samples samples -> samples(json, samples);
                case Result.Scalar(long nanos, String value) -> {
                    Result.time(json, nanos);
                    json.writeString(value);
                }
            }
            json.writeEndArray();
            figures.write(json);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** A list of what is not more than a text, or labels. */
    static LokiAnswer list(Iterable<?> items, List<String> warnings) {
        return new LokiAnswer.Json(json -> {
            json.writeStartObject();
            json.writeStringProperty("status", "success");
            warnings(json, warnings);
            json.writeArrayPropertyStart("data");
            for (var item : items) {
                if (item instanceof Labels labels) {
                    LabelsJson.write(json, labels);
                } else {
                    json.writeString(item.toString());
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void warnings(JsonGenerator json, List<String> warnings) {
        if (!warnings.isEmpty()) {
            json.writeArrayPropertyStart("warnings");
            warnings.forEach(json::writeString);
            json.writeEndArray();
        }
    }

    private static String type(Result result) {
        return switch (result) {
            case Result.Streams _ -> "streams";
            case Result.Samples samples -> samples.vector() ? "vector" : "matrix";
            case Result.Scalar _ -> "scalar";
        };
    }

    /** Streams in the order of their first lines. */
    private static void streams(JsonGenerator json, List<LogEntry> entries) {
        var streams = new LinkedHashMap<Labels, List<LogEntry>>();
        for (var entry : entries) {
            streams.computeIfAbsent(entry.labels(), _ -> new ArrayList<>()).add(entry);
        }
        streams.forEach((labels, lines) -> {
            json.writeStartObject();
            json.writeName("stream");
            LabelsJson.write(json, labels);
            json.writeArrayPropertyStart("values");
            for (var line : lines) {
                json.writeStartArray();
                json.writeString(Long.toString(line.nanos()));
                json.writeString(line.line());
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void samples(JsonGenerator json, Result.Samples samples) {
        for (var row : samples.rows()) {
            json.writeStartObject();
            json.writeName("metric");
            LabelsJson.write(json, row.labels());
            if (samples.vector()) {
                json.writeName("value");
                sample(json, row.samples().getFirst());
            } else {
                json.writeArrayPropertyStart("values");
                row.samples().forEach(sample -> sample(json, sample));
                json.writeEndArray();
            }
            json.writeEndObject();
        }
    }

    private static void sample(JsonGenerator json, Result.Sample sample) {
        json.writeStartArray();
        Result.time(json, sample.nanos());
        json.writeString(sample.value());
        json.writeEndArray();
    }
}
