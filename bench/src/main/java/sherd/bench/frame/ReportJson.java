package sherd.bench.frame;

import java.io.StringWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A report with all its figures, for programs. */
final class ReportJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final int DECIMALS = 2;

    private ReportJson() {}

    static String of(Report report, Machine machine, Instant time) {
        var out = new StringWriter();
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("name", report.name());
            json.writeStringProperty("title", report.title());
            json.writeStringProperty("date", time.toString());
            json.writeStringProperty("commit", machine.commit());
            json.writeObjectPropertyStart("machine");
            json.writeStringProperty("cpu", machine.cpu());
            json.writeNumberProperty("cores", machine.cores());
            json.writeNumberProperty("memory_bytes", machine.memoryBytes());
            json.writeStringProperty("kernel", machine.kernel());
            json.writeStringProperty("jdk", machine.jdk());
            json.writeEndObject();
            json.writeObjectPropertyStart("parameters");
            new TreeMap<>(report.parameters()).forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeArrayPropertyStart("notes");
            report.notes().forEach(json::writeString);
            json.writeEndArray();
            json.writeArrayPropertyStart("figures");
            for (var sample : report.samples()) {
                json.writeStartObject();
                json.writeStringProperty("work", sample.work());
                json.writeStringProperty("side", sample.side());
                json.writeNumberProperty("round", sample.round());
                json.writeStringProperty("metric", sample.metric().name());
                json.writeStringProperty("unit", sample.metric().unit());
                json.writeNumberProperty("value", sample.value());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.append('\n').toString();
    }

    /** Name, title and figures; decimals are not kept, and two do for all. */
    static Report read(String text) {
        try (var json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            var head = new HashMap<String, String>();
            Report report = null;
            for (var token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && report == null) {
                    head.putIfAbsent(json.currentName(), json.getString());
                } else if (token == JsonToken.START_ARRAY && "figures".equals(json.currentName())) {
                    report = new Report(head.getOrDefault("name", ""), head.getOrDefault("title", ""), Map.of());
                } else if (token == JsonToken.START_OBJECT && report != null) {
                    addFigure(json, report);
                }
            }
            if (report == null) {
                throw new BenchException("no figures in what was kept");
            }
            return report;
        }
    }

    private static void addFigure(JsonParser json, Report report) {
        var words = new HashMap<String, String>();
        for (var token = json.nextToken(); token != JsonToken.END_OBJECT; token = json.nextToken()) {
            if (token.isScalarValue()) {
                words.put(json.currentName(), json.getString());
            }
        }
        var metric = Metric.shown(word(words, "metric"), word(words, "unit"), DECIMALS);
        report.add(
                word(words, "work"),
                word(words, "side"),
                Integer.parseInt(word(words, "round")),
                metric,
                Double.parseDouble(word(words, "value")));
    }

    private static String word(Map<String, String> words, String name) {
        var word = words.get(name);
        if (word == null) {
            throw new BenchException("a figure without " + name + ": " + words);
        }
        return word;
    }
}
