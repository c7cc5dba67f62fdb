package sherd.server.loki.logql;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A line on its way through a pipeline. One is used again for line after line. */
public final class LogLine {
    public static final String ERROR = "__error__";
    public static final String ERROR_DETAILS = "__error_details__";

    private static final String EXTRACTED = "_extracted";

    private Labels stream = Labels.EMPTY;
    private long nanos;
    private String text = "";
    private @Nullable Map<String, String> changed;

    /** Puts a line in. */
    public void set(Labels ofStream, long nanosecond, String line) {
        stream = ofStream;
        nanos = nanosecond;
        text = line;
        changed = null;
    }

    public long nanos() {
        return nanos;
    }

    public String text() {
        return text;
    }

    void text(String other) {
        text = other;
    }

    public Labels labels() {
        return changed == null ? stream : Labels.of(changed);
    }

    public String get(String name) {
        return changed == null ? stream.get(name) : changed.getOrDefault(name, "");
    }

    public boolean failed() {
        return changed != null && changed.containsKey(ERROR);
    }

    void fail(String error, String details) {
        if (!failed()) {
            own().put(ERROR, error);
            own().put(ERROR_DETAILS, details);
        }
    }

    /** A label found in the line: the first of a name counts, and it does not displace one of the stream. */
    public void extract(String name, String value) {
        var free = stream.has(name) ? name + EXTRACTED : name;
        if (!value.isEmpty()) {
            own().putIfAbsent(free, value);
        }
    }

    void put(String name, String value) {
        if (value.isEmpty()) {
            own().remove(name);
        } else {
            own().put(name, value);
        }
    }

    void remove(String name) {
        if (!get(name).isEmpty()) {
            own().remove(name);
        }
    }

    private Map<String, String> own() {
        var map = changed;
        if (map == null) {
            map = new TreeMap<>(stream.toMap());
            changed = map;
        }
        return map;
    }
}
