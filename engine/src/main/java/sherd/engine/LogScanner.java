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
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Shows the rows of a log table in a range of time to whoever can say more about them than a search can. Rows are shown
 * as they lie, without being copied; the index of words only takes rows away.
 */
final class LogScanner {
    private static final int CHECK_EVERY = 1024;

    private final ShardedTable table;
    private final ScanRequest request;
    private final RowVisitor visitor;
    private final Clock clock;
    private final Query query;
    private final int idColumn;
    private final long last;
    private final long started;
    private long steps;
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
        query = request.terms().isEmpty() ? new Query.All() : new Query.And(request.terms());
        idColumn = new SegmentSchema(table.definition()).row();
        last = request.to() == Long.MAX_VALUE ? Long.MAX_VALUE : request.to() - 1;
        started = clock.nanoTime();
    }

    /** Rows of a log table never change, so that what is there at one moment can be read after it. */
    ScanStats scan() {
        if (table.isRecord()) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "only log tables are scanned: table=" + table.definition().name());
        }
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
            if (request.from() <= last) {
                hot.forEach(this::scanChunk);
                inOrder(segments.newestFirst()).forEach(this::scanSegment);
            }
            return new ScanStats(
                    segments.newestFirst().size(),
                    pruned,
                    damaged,
                    unreachable,
                    archivedRows,
                    hotRows,
                    read.blocks(),
                    read.bytes());
        } finally {
            hot.forEach(HotRows::release);
            segments.release();
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
        for (int i = 0; i < rows.count(); i++) {
            step();
            int row = request.newestFirst() ? rows.count() - 1 - i : i;
            long time = chunk.time(row);
            if (time >= request.from() && time <= last && visitor.wants(time, time)) {
                view.seek(row);
                hotRows++;
                visitor.row(view, time, chunk.firstRow() + row);
            }
        }
    }

    private boolean overlaps(long minTime, long maxTime) {
        return maxTime >= request.from()
                && minTime <= last
                && visitor.wants(Math.max(minTime, request.from()), Math.min(maxTime, last));
    }

    /** What was shown before a segment turned out to be damaged was read whole, and counts. */
    private void scanSegment(SegmentHandle handle) {
        var meta = handle.meta();
        if (!overlaps(meta.minTime(), meta.maxTime()) || !handle.mayMatch(query)) {
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
        var rows = SegmentSearch.candidates(segment, query, request.from(), last, read, this::checkDeadline);
        if (rows.isEmpty()) {
            pruned++;
            return;
        }
        var cursor = segment.cursor();
        int row = request.newestFirst() ? rows.previousSetBit(rows.length()) : rows.nextSetBit(0);
        while (row >= 0) {
            step();
            cursor.seek(row);
            long time = cursor.isNull(meta.timeColumn()) ? 0 : cursor.getLong(meta.timeColumn());
            boolean asked = time >= request.from() && time <= last;
            if (asked && visitor.wants(time, time)) {
                archivedRows++;
                visitor.row(cursor, time, cursor.getLong(idColumn));
            } else if (asked && meta.timeSorted() && !wantsBeyond(time, meta.minTime(), meta.maxTime())) {
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

    private void step() {
        if (++steps % CHECK_EVERY == 0) {
            checkDeadline();
        }
    }

    private void checkDeadline() {
        if (clock.nanoTime() - started > request.deadlineMillis() * 1_000_000) {
            throw new StoreException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the query took too long: deadline=" + request.deadlineMillis()
                            + "ms; narrow its range of time, or filter by a word");
        }
    }
}
