package sherd.engine.archive;

import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.index.RowSet;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;

/**
 * Asks one segment. The index proposes rows and says which of them certainly match; for the others a {@link Matcher}
 * reads the text. Rows that are only counted are not read if they are certain.
 */
public final class SegmentSearch {
    /** Takes what is found. */
    public interface Collector {
        /** Whether a row counts; says no to rows that were deleted or replaced since. */
        default boolean accepts(long row) {
            return true;
        }

        /** Whether {@link #accepts} would take any row, so that it need not be asked. */
        default boolean acceptsAll() {
            return false;
        }

        /**
         * A hit, newest first; false if no further ones are wanted.
         *
         * @param timeMillis the row's time, 0 without one
         */
        boolean hit(long row, long timeMillis);

        /** Whether the rows that are no longer wanted shall be counted; else the search ends with the last wanted. */
        default boolean counting() {
            return true;
        }

        /** Whether a row of this time, or an older one, could be a hit that is wanted. */
        default boolean wants(long timeMillis) {
            return true;
        }

        /** No more hits than this will be wanted. */
        default int most() {
            return Integer.MAX_VALUE;
        }

        /** Asked now and then; throws to end a search that takes too long. */
        default void checkpoint() {}

        /** Whether it shall be told how the search went. */
        default boolean explaining() {
            return false;
        }

        /** The time, to tell how long steps took. */
        default long nanoTime() {
            return 0;
        }
    }

    /**
     * How a search went.
     *
     * @param total rows that match, whether they were wanted or not, if the collector counts
     * @param verified rows read to decide
     * @param blocksRead reads from the disk
     * @param explain if the collector asked for it
     */
    public record Stats(long total, long verified, long blocksRead, long bytesRead, Optional<SegmentExplain> explain) {
        static final Stats NOTHING = new Stats(0, 0, 0, 0, Optional.empty());
    }

    private static final int CHECK_EVERY = 1024;

    private final Segment segment;
    private final Query query;
    private final long from;
    private final long to;
    private final Collector collector;
    private final QueryMemory memory;
    private final ReadStats indexStats = new ReadStats();
    private final ReadStats rowStats = new ReadStats();
    private final RowCursor cursor;
    private final TimeWindow window;
    private final @Nullable HitHeap heap;
    private @Nullable Matcher matcher;
    private long total;
    private long verified;
    private boolean wanted;
    private int steps;

    private SegmentSearch(Segment segment, Query query, long from, long to, Collector collector, QueryMemory memory) {
        this.segment = segment;
        this.query = query.bind(segment.meta().columns());
        this.from = from;
        this.to = to;
        this.collector = collector;
        this.memory = memory;
        this.cursor = segment.cursor(rowStats);
        this.window = new TimeWindow(segment, from, to);
        this.wanted = segment.meta().timeColumn() < 0
                || collector.wants(segment.meta().maxTime());
        boolean inOrder = segment.meta().timeSorted() || segment.meta().timeColumn() < 0;
        this.heap = inOrder || !wanted ? null : new HitHeap(collector.most());
    }

    /** Finds the rows that match, with times from {@code fromMillis} to {@code toMillis}, both included. */
    public static Stats search(
            Segment segment, Query query, long fromMillis, long toMillis, Collector collector, QueryMemory memory) {
        return new SegmentSearch(segment, query, fromMillis, toMillis, collector, memory).run();
    }

    /** The same with memory of its own. */
    public static Stats search(Segment segment, Query query, long fromMillis, long toMillis, Collector collector) {
        try (var memory = new QueryMemory(segment.budget(), QueryMemory.USUAL_BYTES)) {
            return search(segment, query, fromMillis, toMillis, collector, memory);
        }
    }

    /**
     * Rows that may match, of batches with times in that range: all that do are among them. Nothing was read to make
     * sure, which is for whoever asks.
     *
     * @param stats counts what is read
     * @param checkpoint runs now and then; throws to end what takes too long
     */
    public static BitSet candidates(
            Segment segment, Query query, long fromMillis, long toMillis, ReadStats stats, Runnable checkpoint) {
        var found = new BitSet();
        var window = new TimeWindow(segment, fromMillis, toMillis);
        var bound = query.bind(segment.meta().columns());
        try (var memory = new QueryMemory(segment.budget(), QueryMemory.USUAL_BYTES);
                var rows = new SearchPlanner(segment, memory, stats, checkpoint, window, false).rows(bound)) {
            var walk = rows.fromLast();
            while (walk.next()) {
                for (long left = walk.may(); left != 0; left &= left - 1) {
                    int row = walk.firstRow() + Long.numberOfTrailingZeros(left);
                    if (window.at(row) != TimeWindow.Known.OUTSIDE) {
                        found.set(row);
                    }
                }
            }
        }
        segment.requireWhole();
        return found;
    }

    private Stats run() {
        if (!segment.meta().overlaps(from, to)) {
            return Stats.NOTHING;
        }
        long began = collector.nanoTime();
        var planner = new SearchPlanner(segment, memory, indexStats, this::step, window, collector.explaining());
        try (var rows = planner.rows(query)) {
            long planned = collector.nanoTime();
            var walk = rows.fromLast();
            while (walk.next() && visit(walk)) {
                step();
            }
            segment.requireWhole();
            if (heap != null) {
                heap.drain(collector::hit);
            }
            return stats(planner, rows, planned - began, collector.nanoTime() - planned);
        }
    }

    private Stats stats(SearchPlanner planner, RowSet rows, long planNanos, long readNanos) {
        return new Stats(
                total,
                verified,
                indexStats.blocks() + rowStats.blocks(),
                indexStats.bytes() + rowStats.bytes(),
                collector.explaining() ? Optional.of(explain(planner, rows, planNanos, readNanos)) : Optional.empty());
    }

    private SegmentExplain explain(SearchPlanner planner, RowSet rows, long planNanos, long readNanos) {
        return new SegmentExplain(
                segment.meta().id(),
                rows.isEmpty() ? "none" : rows.saysNothing() ? "scan" : "index",
                planner.notes(),
                rows.mayCount(),
                rows.certainCount(),
                verified,
                indexStats.blocks(),
                indexStats.bytes(),
                rowStats.blocks(),
                rowStats.bytes(),
                planNanos,
                readNanos);
    }

    /** Decides the rows of a block, the last first; false if no more are wanted. */
    private boolean visit(RowSet.Walk walk) {
        long left = walk.may();
        if (!wanted && heap == null && collector.acceptsAll() && isInside(walk.firstRow(), left)) {
            total += Long.bitCount(walk.certain());
            left &= ~walk.certain();
        }
        while (left != 0) {
            int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(left);
            int row = walk.firstRow() + bit;
            var known = window.at(row);
            if (known == TimeWindow.Known.OUTSIDE) {
                left = upTo(left, window.batchStart() - walk.firstRow());
                continue;
            }
            left ^= 1L << bit;
            boolean certain = (walk.certain() >>> bit & 1) != 0;
            if ((known == TimeWindow.Known.INSIDE || window.has(time(row)))
                    && (certain || matches(row))
                    && collector.accepts(row)
                    && !count(row)) {
                return false;
            }
        }
        return true;
    }

    /** The bits of rows before a row of the block. */
    private static long upTo(long bits, long row) {
        return row <= 0 ? 0 : bits & ((1L << row) - 1);
    }

    /** Whether all these rows lie in one batch within the range of time. */
    private boolean isInside(int firstRow, long bits) {
        int last = firstRow + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
        return window.at(last) == TimeWindow.Known.INSIDE
                && window.batchStart() <= firstRow + Long.numberOfTrailingZeros(bits);
    }

    private boolean matches(int row) {
        step();
        cursor.seek(row);
        verified++;
        var judge = matcher;
        if (judge == null) {
            judge = new Matcher(query, segment.meta().columns());
            matcher = judge;
        }
        return judge.matches(cursor);
    }

    private boolean count(int row) {
        step();
        total++;
        if (heap != null) {
            heap.offer(time(row), row);
            return true;
        }
        if (wanted) {
            wanted = collector.hit(row, time(row));
        }
        return wanted || collector.counting();
    }

    private long time(int row) {
        int column = segment.meta().timeColumn();
        if (column < 0) {
            return 0;
        }
        cursor.seek(row);
        return cursor.isNull(column) ? 0 : cursor.getLong(column);
    }

    private void step() {
        if (++steps % CHECK_EVERY == 0) {
            collector.checkpoint();
        }
    }
}
