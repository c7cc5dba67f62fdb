package sherd.server.loki.logql;

import java.util.List;
import java.util.OptionalDouble;

/** Which label is the number, how it is written, and what the line must be like then. */
public record Unwrap(String label, Conversion conversion, List<Stage> filters) {
    /** How text becomes a number. */
    public enum Conversion {
        NUMBER,
        DURATION,
        BYTES
    }

    public Unwrap {
        filters = List.copyOf(filters);
    }

    /** The number, or empty if the line has none to give; a label that is no number leaves an error. */
    public OptionalDouble value(LogLine line) {
        var text = line.get(label);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        var value = switch (conversion) {
            case NUMBER -> Units.number(text);
            case DURATION -> Units.duration(text);
            case BYTES -> Units.bytes(text);
        };
        if (value.isEmpty()) {
            line.fail("SampleExtractionErr", "not a number: " + label + "=" + text);
        }
        for (var filter : filters) {
            if (!filter.process(line)) {
                return OptionalDouble.empty();
            }
        }
        return value.isEmpty() ? OptionalDouble.of(0) : value;
    }
}
