package sherd.server.loki;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import sherd.engine.RowVisitor;
import sherd.engine.ScanRequest;
import sherd.engine.archive.text.RowView;
import sherd.engine.route.ShardedTable;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.LabelMatcher;
import sherd.server.loki.logql.Labels;

/**
 * Answers what streams there are. A segment counts whole when any of its time does: Loki too may look further than it
 * was asked to.
 */
final class StreamQueries {
    private final Scans scans;
    private final LokiTables tables;
    private final StreamCache cache;
    private final LokiLimits limits;

    StreamQueries(Scans scans, LokiTables tables, StreamCache cache, LokiLimits limits) {
        this.scans = scans;
        this.tables = tables;
        this.cache = cache;
        this.limits = limits;
    }

    SortedSet<String> names(LokiRequest request, Parameters given) {
        var names = new TreeSet<String>();
        for (var labels : streams(request, given, selectors(given.all("query")))) {
            names.addAll(labels.toMap().keySet());
        }
        return names;
    }

    SortedSet<String> values(LokiRequest request, Parameters given) {
        var values = new TreeSet<String>();
        for (var labels : streams(request, given, selectors(given.all("query")))) {
            if (labels.has(request.name())) {
                values.add(labels.get(request.name()));
            }
        }
        return values;
    }

    SortedSet<Labels> series(LokiRequest request, Parameters given) {
        var selectors = selectors(given.all("match[]"));
        if (selectors.isEmpty()) {
            selectors = selectors(given.all("match"));
        }
        return streams(request, given, selectors);
    }

    /** How many values each label has. */
    Map<String, Integer> cardinalities(LokiRequest request, Parameters given) {
        var values = new TreeMap<String, Set<String>>();
        for (var labels : streams(request, given, selectors(given.all("query")))) {
            labels.toMap()
                    .forEach((name, value) ->
                            values.computeIfAbsent(name, _ -> new HashSet<>()).add(value));
        }
        var counts = new TreeMap<String, Integer>();
        values.forEach((name, all) -> counts.put(name, all.size()));
        return counts;
    }

    private static List<List<LabelMatcher>> selectors(List<String> texts) {
        return texts.stream()
                .filter(text -> !text.isEmpty())
                .map(StreamQueries::selector)
                .toList();
    }

    private static List<LabelMatcher> selector(String text) {
        return text.strip().startsWith("{") && Expr.parse(text) instanceof Expr.Log log
                ? log.selector()
                : Expr.parseSelector(text);
    }

    /** Streams that any of the selectors matches; all streams without one. Blocks. */
    SortedSet<Labels> streams(LokiRequest request, Parameters given, List<List<LabelMatcher>> selectors) {
        given.requireOrder();
        var found = new TreeSet<Labels>();
        tables.find(request.tenant()).ifPresent(table -> collect(table, given.start(), given.end(), found));
        found.removeIf(labels -> !selectors.isEmpty()
                && selectors.stream()
                        .noneMatch(matchers -> matchers.stream().allMatch(matcher -> matcher.matches(labels))));
        return found;
    }

    private void collect(ShardedTable table, long start, long end, Set<Labels> found) {
        var collector = new Collector(Nanos.toMillis(start), Nanos.toMillis(end), found);
        scans.scan(
                table,
                new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, true, limits.deadlineMillis()),
                collector);
        collector.endSegment();
    }

    private final class Collector implements RowVisitor {
        private final long from;
        private final long to;
        private final Set<Labels> found;
        private StreamTable streams = new StreamTable(_ -> true, limits.streams());
        private Optional<String> segment = Optional.empty();

        Collector(long from, long to, Set<Labels> found) {
            this.from = from;
            this.to = to;
            this.found = found;
        }

        @Override
        public boolean segment(String id, long minTime, long maxTime) {
            endSegment();
            if (maxTime < from || minTime > to) {
                return false;
            }
            var known = cache.of(id);
            if (known.isPresent()) {
                found.addAll(known.get());
                return false;
            }
            segment = Optional.of(id);
            return true;
        }

        @Override
        public boolean wants(long minTime, long maxTime) {
            return segment.isPresent() || (maxTime >= from && minTime <= to);
        }

        @Override
        public void row(RowView row, long time, long id) {
            streams.of(row);
        }

        /** What was met since the last segment began is all there is in it. */
        void endSegment() {
            var met = new ArrayList<Labels>();
            streams.all().forEach(stream -> met.add(stream.labels()));
            found.addAll(met);
            segment.ifPresent(id -> cache.put(id, met));
            segment = Optional.empty();
            streams = new StreamTable(_ -> true, limits.streams());
        }
    }

    /** Lines and bytes of one stream. */
    record Volume(long entries, long bytes) {
        Volume plus(int length) {
            return new Volume(entries + 1, bytes + length);
        }
    }

    /** Lines and bytes of the streams that a selector matches. Blocks. */
    Map<Labels, Volume> volumes(LokiRequest request, Parameters given) {
        given.requireOrder();
        var matchers = given.text("query").isEmpty() ? List.<LabelMatcher>of() : selector(given.text("query"));
        var log = new Expr.Log(matchers, List.of());
        var volumes = new HashMap<Labels, Volume>();
        tables.find(request.tenant())
                .ifPresent(table -> scans.scan(
                        table,
                        new ScanRequest(
                                WordTerms.of(log),
                                Nanos.toMillis(given.start()),
                                Nanos.toMillis(given.end()) + 1,
                                true,
                                limits.deadlineMillis()),
                        new Counter(log, volumes)));
        return volumes;
    }

    private final class Counter implements RowVisitor {
        private final Expr.Log log;
        private final StreamTable streams;
        private final Map<Labels, Volume> volumes;

        Counter(Expr.Log log, Map<Labels, Volume> volumes) {
            this.log = log;
            this.volumes = volumes;
            streams = new StreamTable(log::selects, limits.streams());
        }

        @Override
        public boolean segment(String id, long minTime, long maxTime) {
            return cache.mayHave(id, log::selects);
        }

        @Override
        public void row(RowView row, long time, long id) {
            var stream = streams.of(row);
            if (stream.selected()) {
                int length = row.isNull(LokiTables.LINE) ? 0 : row.length(LokiTables.LINE);
                volumes.merge(stream.labels(), new Volume(1, length), (known, _) -> known.plus(length));
            }
        }
    }
}
