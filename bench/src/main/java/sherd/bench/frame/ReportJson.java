package sherd.bench.frame;

import java.io.StringWriter;
import java.time.Instant;
import java.util.TreeMap;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A report with all its figures, for programs. */
final class ReportJson {
    private static final JsonFactory FACTORY = new JsonFactory();

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
}
