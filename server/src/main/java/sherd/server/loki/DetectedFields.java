package sherd.server.loki;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.LogLine;

/** What parsers find in a sample of lines, so that a user can choose among it. */
final class DetectedFields {
    private static final int MOST_FIELDS = 1000;

    private static final List<String> PARSERS = List.of("json", "logfmt");

    /** What one field is like. */
    static final class Field {
        private final Set<String> values = new HashSet<>();
        private final Set<String> parsers = new HashSet<>();

        int cardinality() {
            return values.size();
        }

        List<String> parsers() {
            return new ArrayList<>(parsers);
        }

        String type() {
            boolean numbers = values.stream().allMatch(value -> value.matches("-?[0-9]+(\\.[0-9]+)?"));
            boolean whole = numbers && values.stream().noneMatch(value -> value.contains("."));
            return whole ? "int" : numbers ? "float" : "string";
        }
    }

    private DetectedFields() {}

    static Map<String, Field> of(List<LogEntry> sample) {
        var fields = new TreeMap<String, Field>();
        for (var parser : PARSERS) {
            if (!(Expr.parse("{a=\"a\"} | " + parser) instanceof Expr.Log pipeline)) {
                continue;
            }
            var line = new LogLine();
            for (var entry : sample) {
                line.set(entry.labels(), entry.nanos(), entry.line());
                pipeline.keeps(line);
                if (!line.failed()) {
                    collect(line, entry, parser, fields);
                }
            }
        }
        return fields;
    }

    private static void collect(LogLine line, LogEntry entry, String parser, Map<String, Field> fields) {
        var labels = line.labels();
        for (int i = 0; i < labels.size(); i++) {
            if (!entry.labels().has(labels.name(i))
                    && (fields.size() < MOST_FIELDS || fields.containsKey(labels.name(i)))) {
                var field = fields.computeIfAbsent(labels.name(i), _ -> new Field());
                field.values.add(labels.value(i));
                field.parsers.add(parser);
            }
        }
    }
}
