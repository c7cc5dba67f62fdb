package sherd.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.archive.SegmentSearch;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.text.Query;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.LogSegment;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Shows the rows of a log table in a range of time to whoever can say more about them than a search can. Rows are shown
 * as they lie, without being copied; the index of words only takes rows away.
 */
final class LogScanner {
    private final ShardedTable table;
    private final ScanRequest request;
    private final RowVisitor visitor;
    private final Clock clock;
    private final Query query;
    private final Query bound;
    private final LogSegment rowsOf;
    private final TimeRange asked;
    private final Deadline deadline;
    private int pruned;
    private int damaged;
    private long hotRows;
    private int unreachable;
    private long archivedRows;
    private final ReadStats read = new ReadStats();

    LogScanner(ShardedTable table, ScanRequest request, RowVisitor visitor, Clock clock) {
        this.table = table;
        this.request = request;
        this.visitor = visitor;
        this.clock = clock;
        query = request.query();
        bound = query.bind(new SegmentSchema(table.definition()).columns());
        rowsOf = new LogSegment(table.definition());
        asked = request.range();
        deadline = new Deadline(clock, request.deadlineMillis());
    }

    /** Rows of a log table never change, so that what is there at one moment can be read after it. */
    ScanStats scan() {
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
            if (!asked.isEmpty()) {
                scan(hot, segments);
            }
            var counts = new SearchStats(
                    segments.newestFirst().size(), pruned, damaged, unreachable, read.blocks(), read.bytes(), hotRows);
            return new ScanStats(counts, archivedRows);
        } finally {
            hot.forEach(HotRows::release);
            segments.release();
        }
    }

    private void scan(List<HotRows> hot, TableSegments segments) {
        if (request.newestFirst()) {
            hot.forEach(this::scanChunk);
        }
        inOrder(segments.newestFirst()).forEach(this::scanSegment);
        if (!request.newestFirst()) {
            hot.forEach(this::scanChunk);
        }
    }

    private List<SegmentHandle> inOrder(List<TableSegments.Entry> entries) {
        var segments = new ArrayList<SegmentHandle>();
        entries.forEach(entry -> segments.add(entry.segment()));
        segments.sort(
                request.newestFirst()
                        ? Comparator.<SegmentHandle>comparingLong(s -> s.meta().maxTime())
                                .reversed()
                        : Comparator.comparingLong(s -> s.meta().minTime()));
        return segments;
    }

    private void scanChunk(HotRows rows) {
        var chunk = rows.chunk();
        if (!overlaps(chunk.minTime(), chunk.maxTime())) {
            return;
        }
        var view = new HotViews.OfChunk(chunk);
        long before = hotRows;
        for (int i = 0; i < rows.count(); i++) {
            deadline.step();
            int row = request.newestFirst() ? rows.count() - 1 - i : i;
            long time = chunk.time(row);
            if (asked.has(time) && visitor.wants(time, time)) {
                view.seek(row);
                hotRows++;
                visitor.row(view, time, chunk.firstRow() + row);
            }
        }
        if (hotRows > before) {
            rows.readBy(request.reader(), clock.epochMillis());
        }
    }

    private boolean overlaps(long minTime, long maxTime) {
        return asked.overlaps(minTime, maxTime)
                && visitor.wants(Math.max(minTime, asked.first()), Math.min(maxTime, asked.last()));
    }

    /** What was shown before a segment turned out to be damaged was read whole, and counts. */
    private void scanSegment(SegmentHandle handle) {
        var meta = handle.meta();
        if (!overlaps(meta.minTime(), meta.maxTime()) || !handle.mayMatch(bound)) {
            pruned++;
            return;
        }
        if (handle.damage() != null) {
            damaged++;
            return;
        }
        if (!visitor.segment(meta.id(), meta.minTime(), meta.maxTime())) {
            pruned++;
            return;
        }
        try {
            handle.read(segment -> {
                scanRows(segment);
                return meta;
            });
        } catch (StoreException e) {
            if (handle.damage() != null) {
                damaged++;
            } else if (e.code() == ErrorCode.OBJECTS_UNAVAILABLE) {
                unreachable++;
            } else {
                throw e;
            }
        }
    }

    private void scanRows(Segment segment) {
        var meta = segment.meta();
        var rows = SegmentSearch.candidates(segment, query, asked.first(), asked.last(), read, deadline::check);
        if (rows.isEmpty()) {
            pruned++;
            return;
        }
        var cursor = segment.cursor();
        int row = request.newestFirst() ? rows.previousSetBit(rows.length()) : rows.nextSetBit(0);
        while (row >= 0) {
            deadline.step();
            cursor.seek(row);
            long time = cursor.isNull(meta.timeColumn()) ? 0 : cursor.getLong(meta.timeColumn());
            boolean inRange = asked.has(time);
            if (inRange && visitor.wants(time, time)) {
                archivedRows++;
                visitor.row(cursor, time, rowsOf.id(cursor));
            } else if (inRange && meta.timeSorted() && !wantsBeyond(time, meta.minTime(), meta.maxTime())) {
                break;
            }
            row = request.newestFirst() ? rows.previousSetBit(row - 1) : rows.nextSetBit(row + 1);
        }
        read.add(cursor.stats());
    }

    /** Whether rows further on in a segment in the order of time could matter. */
    private boolean wantsBeyond(long time, long minTime, long maxTime) {
        return request.newestFirst() ? visitor.wants(minTime, time) : visitor.wants(time, maxTime);
    }
}
