package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexReader;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.index.RowSet;
import sherd.engine.archive.index.RowUnion;
import sherd.engine.archive.index.TermCursor;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.Tokenizer;

/**
 * Finds out from the index of a segment which rows may match a query, and which certainly do. One owner.
 *
 * <p>What is cheap and rare comes first: parts of a conjunction go by how many rows they have at the most, and one
 * that has none ends it. A part is left to the text where reading it costs more than reading the rows that are left: a
 * walk through the dictionary, or a long list, for a few rows. A term that is everywhere is never read.
 */
final class SearchPlanner {
    /** So few rows are read sooner than a dictionary. */
    private static final long FEW_ROWS = 64;

    private static final long FEWEST_ROWS = 16;
    private static final int LONG_LIST = 4 << 10;
    private static final int MOST_NOTES = 32;

    /** Above every number of rows: no part of a query is proposed by rows of these. */
    private static final long WALK_PART = 1L << 40;

    private static final long WALK_ALL = 1L << 41;
    private static final long OPPOSITE = 1L << 42;
    private static final long UNKNOWN = 1L << 43;

    private final Segment segment;
    private final QueryMemory memory;
    private final ReadStats stats;
    private final Runnable step;
    private final TimeWindow window;
    private final boolean explaining;
    private final Map<String, Optional<TermCursor>> found = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param window rows outside are not asked for, so what is said of them does not matter
     * @param explaining whether {@link #notes} will be asked for
     */
    SearchPlanner(
            Segment segment,
            QueryMemory memory,
            ReadStats stats,
            Runnable step,
            TimeWindow window,
            boolean explaining) {
        this.segment = segment;
        this.memory = memory;
        this.stats = stats;
        this.step = step;
        this.window = window;
        this.explaining = explaining;
    }

    /** What was looked up, for people. */
    List<String> notes() {
        return notes;
    }

    /** The rows, as far as the index knows. */
    RowSet rows(Query query) {
        step.run();
        return switch (query) {
            case Query.All() -> RowSet.every(memory, count());
            case Query.Word(var word) -> word(word);
            case Query.Prefix(var prefix) -> prefix(prefix.getBytes(UTF_8));
            case Query.Infix(var text) -> infix(text.getBytes(UTF_8));
            case Query.Phrase phrase -> phrase(phrase);
            case Query.And(var parts) -> and(parts);
            case Query.Or(var parts) -> or(parts);
            case Query.Not(var denied) -> rows(denied).not();
            case Query.InColumn(int column, var words) -> inColumn(column, words);
            case Query.EqualLong(int column, long value) ->
                scan(column, (numbers, scratch, taker) -> numbers.equalTo(value, scratch, taker));
            case Query.EqualDouble(int column, double value) ->
                scan(column, (numbers, scratch, taker) -> numbers.equalTo(value, scratch, taker));
            case Query.Field field -> throw new IllegalArgumentException("a query that was not bound: " + field);
        };
    }

    /** How many rows match, if the dictionary says so, or -1. */
    long count(Query query) {
        return switch (query) {
            case Query.Word(var word) -> {
                var term = find(word);
                yield term == null ? 0 : term.counted() && !IndexReader.isCut(term.length()) ? term.rows() : -1;
            }
            case Query.InColumn(int column, Query.Word word) -> isTheOnlyOne(column) ? count(word) : -1;
            default -> -1;
        };
    }

    /** Whether no other column is in the index. */
    private boolean isTheOnlyOne(int column) {
        var columns = segment.meta().columns();
        return columns.get(column).searched()
                && columns.stream().filter(SegmentColumn::searched).count() == 1;
    }

    private long count() {
        return segment.meta().rows();
    }

    private IndexReader index() {
        return segment.index(stats);
    }

    /** Shows the rows of a batch that have what is looked for. */
    private interface Scan {
        void of(Numbers numbers, Numbers.Scratch scratch, Numbers.Taker taker);
    }

    /** The rows whose number is as wanted, by reading the column of each batch that is asked for. */
    private RowSet scan(int column, Scan scan) {
        var set = RowSet.empty(memory, count(), 8);
        var scratch = new Numbers.Scratch();
        var batches = segment.blocks();
        for (int i = 0; i < batches.count(); i++) {
            if (window.of(i) != TimeWindow.Known.OUTSIDE) {
                step.run();
                int first = (int) batches.firstRow(i);
                scan.of(segment.numbers(i, column, stats), scratch, row -> set.addRow(first + row));
            }
        }
        note(() -> segment.meta().columns().get(column).name() + ": scanned");
        return set;
    }

    private RowSet unknown() {
        return RowSet.any(memory, count());
    }

    private RowSet and(List<Query> parts) {
        record Costed(Query part, long cost) {}
        var ordered = parts.stream()
                .map(part -> new Costed(part, cost(part)))
                .sorted(Comparator.comparingLong(Costed::cost))
                .toList();
        var set = RowSet.every(memory, count());
        for (var costed : ordered) {
            if (set.isEmpty()) {
                return set;
            }
            set = isWorthReading(costed.part(), costed.cost(), set) ? set.and(rows(costed.part())) : set.uncertain();
        }
        return set;
    }

    private boolean isWorthReading(Query part, long cost, RowSet set) {
        if (part instanceof Query.EqualLong || part instanceof Query.EqualDouble) {
            // So few rows cost less than a look at each batch.
            return set.mayCount() > segment.blocks().count();
        }
        if (cost >= OPPOSITE) {
            return true;
        }
        if (cost >= WALK_PART) {
            return set.mayCount() > FEW_ROWS;
        }
        var term = part instanceof Query.Word(var word) ? find(word) : null;
        return term == null || term.bytesToRead() < LONG_LIST || set.mayCount() > FEWEST_ROWS;
    }

    private RowSet or(List<Query> parts) {
        var set = RowSet.none(memory, count());
        for (var part : parts) {
            if (set.saysNothing()) {
                return set;
            }
            set = set.or(rows(part));
        }
        return set;
    }

    /** Rows at the most, or what kind of work it is. */
    private long cost(Query query) {
        return switch (query) {
            case Query.Word(var word) -> rowsOf(word);
            case Query.Phrase phrase ->
                phrase.whole().stream().mapToLong(this::rowsOf).min().orElse(WALK_ALL);
            case Query.Prefix prefix -> WALK_PART;
            case Query.Infix infix -> WALK_ALL;
            case Query.And(var parts) ->
                parts.stream().mapToLong(this::cost).min().orElse(UNKNOWN);
            case Query.Or(var parts) ->
                parts.stream().mapToLong(this::cost).max().orElse(0);
            case Query.InColumn(int column, var words) ->
                segment.meta().columns().get(column).searched() ? cost(words) : UNKNOWN;
            case Query.Not not -> OPPOSITE;
            case Query.All all -> UNKNOWN;
            case Query.EqualLong equal -> UNKNOWN;
            case Query.EqualDouble equal -> UNKNOWN;
            case Query.Field field -> UNKNOWN;
        };
    }

    private long rowsOf(String word) {
        var term = find(word);
        return term == null ? 0 : term.everywhere() ? count() : term.rows();
    }

    private @Nullable TermCursor find(String word) {
        var known = found.get(word);
        if (known == null) {
            var term = index().find(IndexReader.stored(word.getBytes(UTF_8)), stats);
            known = Optional.ofNullable(term);
            found.put(word, known);
            note(() -> word + ": " + (term == null ? "none" : term.rows() + " rows, " + term.form()));
        }
        return known.orElse(null);
    }

    private void note(Supplier<String> text) {
        if (explaining && notes.size() < MOST_NOTES) {
            notes.add(text.get());
        }
    }

    private RowSet word(String word) {
        var term = find(word);
        if (term == null) {
            return RowSet.none(memory, count());
        }
        boolean inEach = term.counted() && term.rows() == count();
        var set = inEach ? RowSet.every(memory, count()) : term.set(memory);
        return IndexReader.isCut(term.length()) ? set.uncertain() : set;
    }

    private RowSet inColumn(int column, Query words) {
        var columns = segment.meta().columns();
        if (!columns.get(column).searched() || words instanceof Query.All) {
            return unknown();
        }
        var set = rows(words);
        return isTheOnlyOne(column) ? set : set.uncertain();
    }

    private RowSet phrase(Query.Phrase phrase) {
        var words = and(phrase.whole().stream().<Query>map(Query.Word::new).toList())
                .uncertain();
        if (!phrase.named() || words.mayCount() <= FEW_ROWS) {
            return words;
        }
        return joined(phrase, words);
    }

    /** Of the rows with all the words, those with a compound that has them joined so; the others cannot have it. */
    private RowSet joined(Query.Phrase phrase, RowSet words) {
        var text = phrase.text().getBytes(UTF_8);
        var union = new RowUnion(memory, count());
        var terms = index().all(stats);
        int matching = 0;
        while (terms.next() && !union.saysNothing()) {
            step.run();
            if (hasJoined(terms, text, phrase)) {
                union.add(terms.set(memory));
                matching++;
            }
        }
        int count = matching;
        note(() -> phrase.text() + ": " + count + " compounds");
        var leftOut = index().findLeftOut(stats);
        if (leftOut != null) {
            union.add(leftOut.set(memory).uncertain());
        }
        // A row with the compound has its words: this takes nothing from what is certain, only from what is not.
        return union.result().and(words.asCertain());
    }

    private static boolean hasJoined(TermCursor term, byte[] text, Query.Phrase phrase) {
        for (int at = term.indexOf(text, 0); at >= 0; at = term.indexOf(text, at + 1)) {
            int end = at + text.length;
            boolean starts = phrase.openStart() || at == 0 || Tokenizer.isConnector(term.term()[at - 1]);
            boolean ends = phrase.openEnd() || end == term.length() || Tokenizer.isConnector(term.term()[end]);
            if (starts && ends) {
                return true;
            }
        }
        return false;
    }

    private RowSet prefix(byte[] prefix) {
        var stored = IndexReader.stored(prefix);
        var union = new RowUnion(memory, count());
        var terms = index().from(stored, stats);
        int matching = 0;
        while (terms.next() && !union.saysNothing()) {
            step.run();
            if (terms.startsWith(stored)) {
                matching += add(terms, union) ? 1 : 0;
            } else if (terms.compare(stored) > 0) {
                break;
            }
        }
        int count = matching;
        note(() -> new String(prefix, UTF_8) + "*: " + count + " words");
        var set = union.result();
        return IndexReader.isCut(prefix.length) ? set.uncertain() : set;
    }

    /** Every term is looked at; one that was cut may contain the text in the part we do not have. */
    private RowSet infix(byte[] text) {
        var union = new RowUnion(memory, count());
        var terms = index().all(stats);
        int matching = 0;
        while (terms.next() && !union.saysNothing()) {
            step.run();
            if (terms.indexOf(text, 0) >= 0) {
                matching += add(terms, union) ? 1 : 0;
            } else if (IndexReader.isCut(terms.length())) {
                union.add(terms.set(memory).uncertain());
            }
        }
        int count = matching;
        note(() -> "*" + new String(text, UTF_8) + "*: " + count + " words");
        return union.result();
    }

    /** Adds a word; a compound has only what its words have. */
    private boolean add(TermCursor terms, RowUnion union) {
        for (int i = 0; i < terms.length(); i++) {
            if (Tokenizer.isConnector(terms.term()[i])) {
                return false;
            }
        }
        union.add(terms.set(memory));
        return true;
    }
}
