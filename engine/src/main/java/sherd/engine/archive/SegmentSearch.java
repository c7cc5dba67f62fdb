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
    private final BatchScan scan;
    private final ReadStats indexStats = new ReadStats();
    private final ReadStats rowStats = new ReadStats();
    private final RowCursor cursor;
    private final TimeWindow window;
    private final @Nullable HitHeap heap;
    private @Nullable Matcher matcher;
    /** Rows of a batch that are only counted and not certain; from its first row on. */
    private final BitSet undecided = new BitSet();

    private int undecidedBatch = -1;
    /** How many rows of the segment match, if the index alone says so, or -1. */
    private long counted = -1;

    private long total;
    private long verified;
    private boolean wanted;
    private int steps;

    private SegmentSearch(Segment segment, Query query, long from, long to, Collector collector, BatchScan scan) {
        this.segment = segment;
        this.query = query.bind(segment.meta().columns());
        this.from = from;
        this.to = to;
        this.collector = collector;
        this.scan = scan;
        this.cursor = segment.cursor(rowStats);
        this.window = new TimeWindow(segment, from, to);
        this.wanted = segment.meta().timeColumn() < 0
                || collector.wants(segment.meta().maxTime());
        boolean inOrder = segment.meta().timeSorted() || segment.meta().timeColumn() < 0;
        this.heap = inOrder || !wanted ? null : new HitHeap(collector.most());
    }

    /** Finds the rows that match, with times from {@code fromMillis} to {@code toMillis}, both included. */
    public static Stats search(
            Segment segment, Query query, long fromMillis, long toMillis, Collector collector, BatchScan scan) {
        return new SegmentSearch(segment, query, fromMillis, toMillis, collector, scan).run();
    }

    /** The same with memory of its own. */
    public static Stats search(Segment segment, Query query, long fromMillis, long toMillis, Collector collector) {
        try (var memory = new QueryMemory(segment.budget(), QueryMemory.USUAL_BYTES);
                var scan = new BatchScan(memory)) {
            return search(segment, query, fromMillis, toMillis, collector, scan);
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
        var memory = scan.memory();
        var planner = new SearchPlanner(segment, memory, indexStats, this::step, window, collector.explaining());
        if (collector.counting() && collector.acceptsAll() && isWithin()) {
            counted = planner.count(query);
        }
        try (var rows = wanted || counted < 0 ? planner.rows(query) : RowSet.none(memory, 0)) {
            long planned = collector.nanoTime();
            var walk = rows.fromLast();
            while (walk.next() && visit(walk)) {
                step();
            }
            decide();
            segment.requireWhole();
            if (heap != null) {
                heap.drain(collector::hit);
            }
            total = counted < 0 ? total : counted;
            return stats(planner, rows, planned - began, collector.nanoTime() - planned);
        }
    }

    /** Whether every row is within the range of time. */
    private boolean isWithin() {
        var meta = segment.meta();
        return meta.timeColumn() < 0 || (meta.minTime() >= from && meta.maxTime() <= to);
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
                plan(rows),
                planner.notes(),
                counted < 0 ? rows.mayCount() : counted,
                counted < 0 ? rows.certainCount() : counted,
                verified,
                indexStats.blocks(),
                indexStats.bytes(),
                rowStats.blocks(),
                rowStats.bytes(),
                planNanos,
                readNanos);
    }

    private String plan(RowSet rows) {
        boolean none = counted < 0 ? rows.isEmpty() : counted == 0;
        return none ? "none" : counted < 0 && rows.saysNothing() ? "scan" : "index";
    }

    /** Decides the rows of a block, the last first; false if no more are wanted. */
    private boolean visit(RowSet.Walk walk) {
        long left = walk.may();
        while (left != 0) {
            int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(left);
            int row = walk.firstRow() + bit;
            var known = window.at(row);
            long before = upTo(left, window.batchStart() - walk.firstRow());
            if (known == TimeWindow.Known.OUTSIDE) {
                left = before;
                continue;
            }
            if (known == TimeWindow.Known.INSIDE && isOnlyCounted()) {
                if (counted < 0) {
                    countLater(walk, left ^ before);
                } else if (heap == null) {
                    return false;
                }
                left = before;
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

    /** Whether no row of the batch asked for last is wanted as a hit. */
    private boolean isOnlyCounted() {
        return heap == null ? !wanted : !heap.wants(window.batchMaxTime());
    }

    /** Counts rows of a block that lie in one batch, or keeps them until the whole batch is decided. */
    private void countLater(RowSet.Walk walk, long bits) {
        for (long certain = bits & walk.certain(); certain != 0; certain &= certain - 1) {
            if (collector.acceptsAll()) {
                total += Long.bitCount(certain);
                break;
            }
            countIfAccepted(walk.firstRow() + Long.numberOfTrailingZeros(certain));
        }
        long open = bits & ~walk.certain();
        if (open == 0) {
            return;
        }
        if (undecidedBatch != window.batch()) {
            decide();
            undecidedBatch = window.batch();
        }
        int shift = (int) (walk.firstRow() - window.batchStart());
        while (open != 0) {
            int first = Long.numberOfTrailingZeros(open);
            int length = Long.numberOfTrailingZeros(~(open >>> first));
            undecided.set(shift + first, shift + first + length);
            open = first + length == Long.SIZE ? 0 : open & (-1L << (first + length));
        }
    }

    /** Counts those of the batch that match. */
    private void decide() {
        if (undecided.isEmpty()) {
            return;
        }
        collector.checkpoint();
        int first = (int) segment.blocks().firstRow(undecidedBatch);
        int rows = undecided.cardinality();
        if (scan.keep(segment, undecidedBatch, query, undecided, rowStats)) {
            verified += rows;
        } else {
            for (int row = undecided.length() - 1; row >= 0; row = undecided.previousSetBit(row - 1)) {
                if (!matches(first + row)) {
                    undecided.clear(row);
                }
            }
        }
        if (collector.acceptsAll()) {
            total += undecided.cardinality();
        } else {
            undecided.stream().forEach(row -> countIfAccepted(first + row));
        }
        undecided.clear();
    }

    private void countIfAccepted(long row) {
        step();
        total += collector.accepts(row) ? 1 : 0;
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
