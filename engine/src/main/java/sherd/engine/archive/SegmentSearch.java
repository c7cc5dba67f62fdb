package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.List;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.TermReader;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;

/**
 * Asks one segment. The index proposes rows; where its answer is not exact (phrases, words of one column, values) a
 * {@link Matcher} reads the proposed rows and decides. Rows that are only counted are not read at all.
 */
public final class SegmentSearch {
    /** Takes what is found. */
    public interface Collector {
        /** Whether a row counts; says no to rows that were deleted or replaced since. */
        default boolean accepts(long row) {
            return true;
        }

        /**
         * A hit, newest first; false if no further ones are wanted, which then are only counted.
         *
         * @param timeMillis the row's time, 0 without one
         */
        boolean hit(long row, long timeMillis);

        /** Asked now and then; throws to end a search that takes too long. */
        default void checkpoint() {}
    }

    /**
     * How a search went.
     *
     * @param total rows that match, whether they were wanted or not
     * @param verified rows read to decide
     * @param blocksRead reads from the disk
     */
    public record Stats(long total, long verified, long blocksRead, long bytesRead) {}

    private static final int CHECK_EVERY = 1024;

    private final Segment segment;
    private final Query query;
    private final long from;
    private final long to;
    private final Collector collector;
    private final ReadStats stats = new ReadStats();
    private final RowCursor cursor;
    private boolean exact = true;
    private long total;
    private long verified;
    private boolean wanted = true;
    private int steps;

    private SegmentSearch(Segment segment, Query query, long from, long to, Collector collector) {
        this.segment = segment;
        this.query = query.bind(segment.meta().columns());
        this.from = from;
        this.to = to;
        this.collector = collector;
        this.cursor = segment.cursor(stats);
    }

    /** Finds the rows that match, with times from {@code fromMillis} to {@code toMillis}, both included. */
    public static Stats search(Segment segment, Query query, long fromMillis, long toMillis, Collector collector) {
        return new SegmentSearch(segment, query, fromMillis, toMillis, collector).run();
    }

    /**
     * Rows that may match, with times in that range: all that do are among them. Nothing was read to make sure, which is
     * for whoever asks.
     *
     * @param stats counts what is read
     * @param checkpoint runs now and then; throws to end what takes too long
     */
    public static BitSet candidates(
            Segment segment, Query query, long fromMillis, long toMillis, ReadStats stats, Runnable checkpoint) {
        var search = new SegmentSearch(segment, query, fromMillis, toMillis, new Collector() {
            @Override
            public boolean hit(long row, long timeMillis) {
                return true;
            }

            @Override
            public void checkpoint() {
                checkpoint.run();
            }
        });
        var rows = search.candidates(search.query);
        search.pruneByTime(rows);
        stats.add(search.stats);
        return rows;
    }

    private Stats run() {
        if (segment.meta().overlaps(from, to)) {
            var rows = candidates(query);
            pruneByTime(rows);
            if (!exact) {
                verify(rows);
            }
            report(rows);
        }
        return new Stats(total, verified, stats.blocks(), stats.bytes());
    }

    private int rowCount() {
        return (int) segment.meta().rows();
    }

    private BitSet all() {
        var rows = new BitSet(rowCount());
        rows.set(0, rowCount());
        return rows;
    }

    /** A superset of the rows that match; the same rows if {@link #exact} still holds. */
    private BitSet candidates(Query part) {
        step();
        return switch (part) {
            case Query.All() -> all();
            case Query.Word(var word) -> word(word.getBytes(UTF_8));
            case Query.Prefix(var prefix) -> prefix(prefix.getBytes(UTF_8));
            case Query.Infix(var text) -> infix(text.getBytes(UTF_8));
            case Query.Phrase(var words) -> {
                exact = false;
                yield and(words.stream().<Query>map(Query.Word::new).toList());
            }
            case Query.And(var parts) -> and(parts);
            case Query.Or(var parts) -> {
                var rows = new BitSet();
                parts.forEach(p -> rows.or(candidates(p)));
                yield rows;
            }
            case Query.Not(var denied) -> not(denied);
            case Query.InColumn(int column, var words) -> inColumn(column, words);
            case Query.EqualLong equal -> unknown();
            case Query.EqualDouble equal -> unknown();
            case Query.Field field -> throw new IllegalArgumentException("a query that was not bound: " + field);
        };
    }

    private BitSet unknown() {
        exact = false;
        return all();
    }

    private BitSet and(List<Query> parts) {
        BitSet rows = candidates(parts.getFirst());
        for (int i = 1; i < parts.size(); i++) {
            if (rows.isEmpty()) {
                return rows;
            }
            rows.and(candidates(parts.get(i)));
        }
        return rows;
    }

    /** The others, if we know exactly which rows to leave out. */
    private BitSet not(Query denied) {
        boolean exactBefore = exact;
        exact = true;
        var rows = candidates(denied);
        boolean known = exact;
        exact = exactBefore && known;
        var others = all();
        if (known) {
            others.andNot(rows);
        }
        return others;
    }

    private BitSet inColumn(int column, Query words) {
        var columns = segment.meta().columns();
        boolean onlyOne = columns.stream().filter(SegmentColumn::searched).count() == 1;
        if (!columns.get(column).searched() || words instanceof Query.All) {
            return unknown();
        }
        var rows = candidates(words);
        exact &= onlyOne;
        return rows;
    }

    private BitSet word(byte[] word) {
        var rows = new BitSet();
        exact &= !TermReader.cut(word.length);
        segment.terms(stats).addRows(TermReader.stored(word), rows, stats);
        return rows;
    }

    private BitSet prefix(byte[] prefix) {
        var rows = new BitSet();
        exact &= !TermReader.cut(prefix.length);
        var stored = TermReader.stored(prefix);
        var terms = segment.terms(stats).from(stored, stats);
        while (terms.next()) {
            step();
            if (terms.startsWith(stored)) {
                terms.addRows(rows);
            } else if (terms.compare(stored) > 0) {
                break;
            }
        }
        return rows;
    }

    /** Every term is looked at; one that was cut may contain the text in the part we do not have. */
    private BitSet infix(byte[] text) {
        var rows = new BitSet();
        var terms = segment.terms(stats).all(stats);
        while (terms.next()) {
            step();
            if (terms.contains(text)) {
                terms.addRows(rows);
            } else if (TermReader.cut(terms.length())) {
                exact = false;
                terms.addRows(rows);
            }
        }
        return rows;
    }

    /** Drops blocks outside the range whole; reads times only of blocks that lie across its ends. */
    private void pruneByTime(BitSet rows) {
        int timeColumn = segment.meta().timeColumn();
        if (timeColumn < 0) {
            return;
        }
        var blocks = segment.blocks();
        for (int i = 0; i < blocks.count(); i++) {
            int start = (int) blocks.firstRow(i);
            int end = (int) blocks.endRow(i);
            if (blocks.minTime(i) > to || blocks.maxTime(i) < from) {
                rows.clear(start, end);
            } else if (blocks.minTime(i) < from || blocks.maxTime(i) > to) {
                for (int row = rows.nextSetBit(start); row >= 0 && row < end; row = rows.nextSetBit(row + 1)) {
                    long time = time(row);
                    if (time < from || time > to) {
                        rows.clear(row);
                    }
                    step();
                }
            }
        }
    }

    private void verify(BitSet rows) {
        var matcher = new Matcher(query, segment.meta().columns());
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            cursor.seek(row);
            verified++;
            if (!matcher.matches(cursor)) {
                rows.clear(row);
            }
            step();
        }
    }

    private void report(BitSet rows) {
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            if (!collector.accepts(row)) {
                rows.clear(row);
            }
            step();
        }
        total = rows.cardinality();
        if (segment.meta().timeSorted() || segment.meta().timeColumn() < 0) {
            for (int row = rows.previousSetBit(rowCount()); row >= 0 && wanted; row = rows.previousSetBit(row - 1)) {
                wanted = collector.hit(row, time(row));
                step();
            }
        } else {
            reportSorted(rows);
        }
    }

    private void reportSorted(BitSet rows) {
        record Hit(int row, long time) {}
        rows.stream()
                .mapToObj(row -> new Hit(row, time(row)))
                .sorted((left, right) -> left.time() != right.time()
                        ? Long.compare(right.time(), left.time())
                        : Integer.compare(right.row(), left.row()))
                .takeWhile(hit -> collector.hit(hit.row(), hit.time()))
                .forEach(hit -> step());
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
