package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.BatchScan;
import sherd.engine.archive.RowCursor;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.archive.SegmentSearch;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.RecordSegment;
import sherd.engine.table.RecordStore;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Answers one search over all homes of a table: rows in memory are read one by one, segments are asked through their
 * index. Every row counts once, in its newest version.
 */
final class Searcher {
    private static final long HOT = Long.MAX_VALUE;
    private static final int CHECK_EVERY = 1024;

    private final ShardedTable table;
    private final SearchRequest request;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Query query;
    /** The same with its columns settled. */
    private final Query bound;

    private final List<SegmentColumn> columns;
    private final int timeColumn;
    private final TimeRange wanted;
    private final Predicate<SegmentHandle> unreachableNow;
    private final Newest newest;
    private final long started;
    private final Executor helpers;
    private long hotTotal;
    private long hotRows;
    private final SegmentSums sums = new SegmentSums();
    private final SearchTrace trace = new SearchTrace();

    /**
     * @param helpers run what may be done beside this, or never do
     * @param unreachableNow asked of each segment; those are left out and counted
     */
    Searcher(
            ShardedTable table,
            SearchRequest request,
            Clock clock,
            MemoryBudget budget,
            Executor helpers,
            Predicate<SegmentHandle> unreachableNow) {
        this.table = table;
        this.request = request;
        this.clock = clock;
        this.budget = budget;
        this.helpers = helpers;
        this.unreachableNow = unreachableNow;
        var schema = new SegmentSchema(table.definition());
        columns = schema.columns();
        timeColumn = schema.time();
        started = clock.nanoTime();
        wanted = request.range();
        query = Query.parse(request.query());
        bound = query.bind(columns);
        newest = new Newest(request.limit());
        trace.parsed(clock.nanoTime() - started);
    }

    SearchResult search() {
        try (var memory = new QueryMemory(budget, QueryMemory.USUAL_BYTES);
                var scan = new BatchScan(memory)) {
            return table.isRecord() ? searchRecords(scan) : searchLog(scan);
        }
    }

    /** The segment that was being read when the search failed; null if none was. */
    @Nullable
    SegmentHandle reading() {
        return sums.reading();
    }

    private SearchResult result(TableSegments segments, List<Hit> hits, BatchScan scan) {
        var stats = sums.stats(segments.newestFirst().size(), hotRows);
        return new SearchResult(
                hits,
                hotTotal + sums.total(),
                (clock.nanoTime() - started) / 1000,
                stats,
                request.explain() ? Optional.of(trace.explain(stats, hits.size(), scan.memory())) : Optional.empty());
    }

    /** Rows of a log table never change, so that what is there at one moment can be read after it. */
    private SearchResult searchLog(BatchScan scan) {
        var homes = table.homes().readLock();
        TableSegments segments;
        List<HotRows> hot;
        homes.lock();
        try {
            segments = (TableSegments) table.retainArchived();
            hot = HotRows.snapshot(table);
        } finally {
            homes.unlock();
        }
        try {
            long began = clock.nanoTime();
            for (var rows : hot) {
                searchChunk(rows);
            }
            trace.memoryRead(clock.nanoTime() - began);
            searchSegments(segments.newestFirst(), scan);
            return result(segments, hits(), scan);
        } finally {
            hot.forEach(HotRows::release);
            segments.release();
        }
    }

    private void searchChunk(HotRows rows) {
        var chunk = rows.chunk();
        if (!wanted.overlaps(chunk.minTime(), chunk.maxTime())) {
            return;
        }
        var matcher = new Matcher(query, columns);
        var view = new HotViews.OfChunk(chunk);
        long before = hotTotal;
        for (int row = 0; row < rows.count(); row++) {
            checkDeadline(row);
            hotRows++;
            long time = chunk.time(row);
            view.seek(row);
            if (wanted.has(time) && matcher.matches(view)) {
                hotTotal++;
                int found = row;
                long id = chunk.firstRow() + row;
                newest.offer(time, HOT, id, () -> new Hit(time, chunk.toObjects(found), null, id));
            }
        }
        if (hotTotal > before) {
            rows.readBy(request.reader(), clock.epochMillis());
        }
    }

    /** Holds the homes for reading throughout: a row that moved meanwhile would be seen twice or not at all. */
    private SearchResult searchRecords(BatchScan scan) {
        var homes = table.homes().readLock();
        homes.lock();
        try {
            var segments = Maintenance.segments(table);
            return result(segments, hitsOfRecords(segments, scan), scan);
        } finally {
            homes.unlock();
        }
    }

    private List<Hit> hitsOfRecords(TableSegments segments, BatchScan scan) {
        try (var rows = new RecordRows(budget);
                var keys = new ArchivedKeys(table, segments, clock, budget)) {
            var matcher = new Matcher(query, columns);
            var view = new HotViews.OfPut(table.definition().columns());
            long now = clock.epochMillis();
            long began = clock.nanoTime();
            rows.forEach(
                    table,
                    (shard, record) -> !RecordStore.isCached(record) && RecordStore.isLive(record, now),
                    (put, shadows) -> searchRow(matcher, view, put));
            trace.memoryRead(clock.nanoTime() - began);
            for (var entry : segments.newestFirst()) {
                searchSegment(entry, keys, scan, sums);
            }
            return hits();
        }
    }

    private List<Hit> hits() {
        long began = clock.nanoTime();
        var hits = newest.hits();
        trace.fetched(clock.nanoTime() - began);
        return hits;
    }

    private void searchRow(Matcher matcher, HotViews.OfPut view, long put) {
        checkDeadline(hotRows++);
        view.seek(put);
        long time = timeColumn < 0 || view.isNull(timeColumn) ? 0 : view.getLong(timeColumn);
        boolean inRange = timeColumn < 0 || wanted.has(time);
        if (inRange && matcher.matches(view)) {
            hotTotal++;
            if (newest.wants(time)) {
                var values = values(put);
                newest.offer(time, HOT, hotRows, () -> new Hit(time, values, null, 0));
            }
        }
    }

    private @Nullable Object[] values(long put) {
        if (MutationLayout.kind(put) == Kind.ROW) {
            return RowLayout.toObjects(
                    MutationLayout.first(put), table.definition().columns());
        }
        var key = OffHeap.toArray(MutationLayout.key(put), MutationLayout.keyLength(put));
        var value = MutationLayout.kind(put) == Kind.STRING
                ? OffHeap.toArray(MutationLayout.first(put), MutationLayout.firstLength(put))
                : null;
        return new @Nullable Object[] {key, value};
    }

    /** What has no hit that is wanted comes last: it is counted in any order. */
    private void searchSegments(List<TableSegments.Entry> entries, BatchScan scan) {
        var onlyCounted = new ArrayList<TableSegments.Entry>();
        for (var entry : entries) {
            if (timeColumn >= 0
                    && request.counting()
                    && !newest.wants(entry.segment().meta().maxTime())) {
                onlyCounted.add(entry);
            } else {
                searchSegment(entry, null, scan, sums);
            }
        }
        if (request.explain()) {
            onlyCounted.forEach(entry -> searchSegment(entry, null, scan, sums)); // told in order
        } else {
            new SharedCount<TableSegments.Entry>(
                            onlyCounted,
                            (entry, with, found) -> searchSegment(entry, null, with, found),
                            budget,
                            SharedCount.USUAL_HELPERS)
                    .run(scan, sums, clock, helpers);
        }
    }

    /** With the keys of a record table. */
    private void searchSegment(
            TableSegments.Entry entry, @Nullable ArchivedKeys keys, BatchScan scan, SegmentSums found) {
        var handle = entry.segment();
        long began = request.explain() ? clock.nanoTime() : 0; // a look at the clock costs as much as at a segment
        boolean timely = mayMatterByTime(handle.meta());
        boolean matters = timely && handle.mayMatch(bound);
        if (request.explain()) {
            trace.pruned(clock.nanoTime() - began, !timely, timely && !matters);
        }
        if (!matters) {
            found.pruned();
            return;
        }
        if (handle.damage() != null) {
            found.damaged();
            return;
        }
        if (unreachableNow.test(handle)) {
            found.unreachable();
            return;
        }
        checkDeadline(0);
        found.reads(handle);
        boolean timed = timeColumn >= 0;
        var stats = handle.read(segment -> SegmentSearch.search(
                segment,
                query,
                timed ? wanted.first() : Long.MIN_VALUE,
                timed ? wanted.last() : Long.MAX_VALUE,
                new Collector(entry, keys),
                scan));
        found.reads(null);
        stats.explain().ifPresent(trace::asked);
        found.found(stats);
    }

    private boolean mayMatterByTime(SegmentMeta meta) {
        if (timeColumn < 0) {
            return true;
        }
        boolean late = !request.counting() && !newest.wants(meta.maxTime());
        return !late && meta.overlaps(wanted.first(), wanted.last());
    }

    private final class Collector implements SegmentSearch.Collector {
        private final TableSegments.Entry entry;
        private final @Nullable ArchivedKeys keys;
        private @Nullable Segment opened;
        private @Nullable RowCursor cursor;
        private int hits;

        private Collector(TableSegments.Entry entry, @Nullable ArchivedKeys keys) {
            this.entry = entry;
            this.keys = keys;
            if (keys != null) {
                keys.open(entry);
            }
        }

        @Override
        public boolean accepts(long row) {
            return keys == null || (keys.seek(row) && !keys.inMemory() && !superseded(keys));
        }

        /** What cannot be told counts as replaced: better a row that is missing, which is said, than an old one. */
        private boolean superseded(ArchivedKeys of) {
            try {
                return of.superseded();
            } catch (StoreException e) {
                if (e.code() != ErrorCode.OBJECTS_UNAVAILABLE) {
                    throw e;
                }
                sums.someUnreachable();
                return true;
            }
        }

        @Override
        public boolean acceptsAll() {
            return keys == null;
        }

        @Override
        public boolean counting() {
            return request.counting();
        }

        @Override
        public int most() {
            return request.limit();
        }

        @Override
        public boolean wants(long timeMillis) {
            return newest.wants(timeMillis);
        }

        @Override
        public boolean explaining() {
            return request.explain();
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public boolean hit(long row, long time) {
            if (!newest.wants(time)) {
                return false;
            }
            newest.offer(time, entry.sequence(), row, () -> {
                sums.reads(entry.segment());
                return entry.segment().read(segment -> hitAt(segment, row, time));
            });
            // Of one time, the rows after these rank below them.
            return ++hits < request.limit();
        }

        /** The segment may have been closed and opened again since its last hit. */
        private Hit hitAt(Segment segment, long row, long time) {
            var at = cursor;
            if (at == null || opened != segment) {
                at = segment.cursor();
                cursor = at;
                opened = segment;
            }
            at.seek(row);
            return new Hit(
                    time,
                    RecordSegment.values(at, table.definition()),
                    segment.meta().id(),
                    row);
        }

        @Override
        public void checkpoint() {
            checkDeadline(0);
        }
    }

    private void checkDeadline(long step) {
        if (step % CHECK_EVERY != 0) {
            return;
        }
        if (request.cancelled().getAsBoolean()) {
            throw new StoreException(
                    ErrorCode.CLOSED, "the search was cancelled: query='" + request.query() + "'; ask again");
        }
        if (clock.nanoTime() - started > request.deadlineMillis() * 1_000_000) {
            throw new StoreException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the search took too long: deadline=" + request.deadlineMillis() + "ms query='" + request.query()
                            + "'; narrow its time range");
        }
    }
}
