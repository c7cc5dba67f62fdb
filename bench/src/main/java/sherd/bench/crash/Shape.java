package sherd.bench.crash;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A kind of key, and how it is read. */
enum Shape {
    /** SET, APPEND, DEL. */
    TEXT,
    /** INCRBY, DEL. */
    COUNTER,
    /** SETIFMATCH, DELIFMATCH. */
    GUARDED,
    /** HSET of several fields, HDEL, DEL. */
    HASH,
    /** A row of a record table: HSET of its columns, DEL. */
    ROW;

    static final String ROW_TABLE = "crashrows";
    /** The columns of a row beside its key. */
    static final List<String> COLUMNS = List.of("n", "note");

    String key(String writer, int index) {
        return this == ROW
                ? ROW_TABLE + ":" + writer + "." + index
                : writer + "." + name().toLowerCase(Locale.ROOT) + "." + index;
    }

    List<String> reading(String key) {
        return switch (this) {
            case TEXT, COUNTER -> List.of("GET", key);
            case GUARDED -> List.of("GETWITHETAG", key);
            case HASH -> List.of("HGETALL", key);
            case ROW -> List.of("HMGET", key, COLUMNS.getFirst(), COLUMNS.getLast());
        };
    }

    Seen seen(Pipeline.Reply reply) {
        if (reply.type() == '-') {
            return Seen.value("an error: " + reply.text());
        }
        var parts = reply.parts();
        return switch (this) {
            case TEXT, COUNTER -> reply.isNil() ? Seen.NOTHING : Seen.value(reply.text());
            case GUARDED ->
                parts.getLast().isNil()
                        ? Seen.NOTHING
                        : new Seen(
                                Map.of("", parts.getLast().text()),
                                parts.getFirst().text());
            case HASH -> {
                var fields = new TreeMap<String, String>();
                for (int i = 0; i < parts.size(); i += 2) {
                    fields.put(parts.get(i).text(), parts.get(i + 1).text());
                }
                yield new Seen(fields, "");
            }
            case ROW -> {
                var fields = new TreeMap<String, String>();
                for (int i = 0; i < parts.size(); i++) {
                    if (!parts.get(i).isNil()) {
                        fields.put(COLUMNS.get(i), parts.get(i).text());
                    }
                }
                yield new Seen(fields, "");
            }
        };
    }
}
