package sherd.server.loki;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.text.RowView;
import sherd.server.loki.logql.Labels;

/** The label sets that one scan meets, each read once. One owner. */
final class StreamTable {
    /** A stream, and whether it was asked for. */
    record Stream(Labels labels, boolean selected) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by what is in it, see below
    private record Key(byte[] bytes, int hash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Predicate<Labels> selector;
    private final int limit;
    private final Map<Key, Stream> streams = new HashMap<>();
    private byte[] scratch = new byte[1024];
    private byte[] lastBytes = {};
    private @Nullable Stream last;

    StreamTable(Predicate<Labels> selector, int limit) {
        this.selector = selector;
        this.limit = limit;
    }

    /** The stream of a row; most rows are of the stream of the row before. */
    Stream of(RowView row) {
        int length = row.isNull(LokiTables.LABELS) ? 0 : row.length(LokiTables.LABELS);
        if (scratch.length < length) {
            scratch = new byte[length * 2];
        }
        if (length > 0) {
            row.copyBytes(LokiTables.LABELS, scratch, 0);
        }
        var known = last;
        if (known != null && Arrays.equals(lastBytes, 0, lastBytes.length, scratch, 0, length)) {
            return known;
        }
        var bytes = Arrays.copyOf(scratch, length);
        var key = new Key(bytes, Arrays.hashCode(bytes));
        var stream = streams.get(key);
        if (stream == null) {
            if (streams.size() == limit) {
                throw LokiException.bad("too many streams in this range of time: limit=" + limit + "; narrow it");
            }
            var labels = LabelsJson.lenient(bytes, length);
            stream = new Stream(labels, selector.test(labels));
            streams.put(key, stream);
        }
        lastBytes = bytes;
        last = stream;
        return stream;
    }

    Iterable<Stream> all() {
        return streams.values();
    }
}
