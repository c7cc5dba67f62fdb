package sherd.server.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import sherd.engine.RowVisitor;
import sherd.engine.ScanRequest;
import sherd.engine.archive.text.RowView;
import sherd.engine.route.ShardedTable;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.LogLine;

/** Takes the rows of a table through a query's selector and pipeline. */
final class LogReader {
    /** Gets the lines that are kept. */
    interface Sink {
        /** Whether a line with a time in this range of milliseconds could still matter. */
        default boolean wants(long minMillis, long maxMillis) {
            return true;
        }

        /** A line, in {@code line} during this call; of two of one stream the one with the greater id came later. */
        void line(LogLine line, long id);
    }

    private final Scans scans;
    private final StreamCache cache;
    private final LokiLimits limits;
    private final Figures figures;
    private final int reader;

    LogReader(Scans scans, StreamCache cache, LokiLimits limits, Figures figures, int reader) {
        this.scans = scans;
        this.cache = cache;
        this.limits = limits;
        this.figures = figures;
        this.reader = reader;
    }

    /** Lines with times from {@code from} on and before {@code to}, in nanoseconds. Blocks. */
    void read(ShardedTable table, Expr.Log log, long from, long to, boolean newestFirst, Sink sink) {
        if (from >= to) {
            return;
        }
        var stats = scans.scan(
                table,
                new ScanRequest(
                        WordTerms.of(log),
                        Nanos.toMillis(from),
                        Nanos.toMillis(to - 1) + 1,
                        newestFirst,
                        limits.deadlineMillis(),
                        reader),
                new Visitor(log, from, to, sink));
        figures.scanned(stats);
    }

    private final class Visitor implements RowVisitor {
        private final Expr.Log log;
        private final long from;
        private final long to;
        private final Sink sink;
        private final StreamTable streams;
        private final LogLine line = new LogLine();
        private byte[] bytes = new byte[4096];

        Visitor(Expr.Log log, long from, long to, Sink sink) {
            this.log = log;
            this.from = from;
            this.to = to;
            this.sink = sink;
            streams = new StreamTable(log::selects, limits.streams());
        }

        @Override
        public boolean segment(String id, long minTime, long maxTime) {
            return cache.mayHave(id, log::selects);
        }

        @Override
        public boolean wants(long minTime, long maxTime) {
            return sink.wants(minTime, maxTime);
        }

        @Override
        public void row(RowView row, long time, long id) {
            var stream = streams.of(row);
            if (!stream.selected()) {
                return;
            }
            long nanos = Nanos.of(time, row.isNull(LokiTables.NANOS) ? 0 : row.getLong(LokiTables.NANOS));
            if (nanos < from || nanos >= to) {
                return;
            }
            int length = row.isNull(LokiTables.LINE) ? 0 : load(row, LokiTables.LINE);
            figures.line(length);
            line.set(stream.labels(), nanos, new String(bytes, 0, length, UTF_8));
            if (!row.isNull(LokiTables.METADATA)) {
                var metadata = LabelsJson.lenient(bytes, load(row, LokiTables.METADATA));
                for (int i = 0; i < metadata.size(); i++) {
                    line.extract(metadata.name(i), metadata.value(i));
                }
            }
            if (log.keeps(line)) {
                sink.line(line, id);
            }
        }

        private int load(RowView row, int column) {
            int length = row.length(column);
            if (bytes.length < length) {
                bytes = new byte[length];
            }
            row.copyBytes(column, bytes, 0);
            return length;
        }
    }
}
