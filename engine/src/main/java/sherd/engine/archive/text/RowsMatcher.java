package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers a query of words for many rows of a batch at once: each part is looked for in the text of all rows that are
 * left, as if it were one text. Rows beyond plain ASCII are left to a {@link Matcher}, one by one. Not thread-safe.
 */
public final class RowsMatcher {
    private static final int ANY_COLUMN = -1;

    private final Query query;
    private final List<? extends SearchColumn> columns;
    private final boolean[] read;
    private final Node root;
    private final BitSet others = new BitSet();
    private TextRows[] texts = {};
    private IntFunction<RowView> rowAt;
    private @Nullable Matcher matcher;

    private RowsMatcher(Query query, List<? extends SearchColumn> columns) {
        this.query = query;
        this.columns = columns;
        this.read = new boolean[columns.size()];
        this.rowAt = row -> {
            throw new IllegalStateException("no rows to look at");
        };
        this.root = compile(query, ANY_COLUMN);
    }

    /** Empty if the query asks for more than words; its columns are settled. */
    public static Optional<RowsMatcher> of(Query bound, List<? extends SearchColumn> columns) {
        return asksForWords(bound) ? Optional.of(new RowsMatcher(bound, columns)) : Optional.empty();
    }

    private static boolean asksForWords(Query query) {
        return switch (query) {
            case Query.And(var parts) -> parts.stream().allMatch(RowsMatcher::asksForWords);
            case Query.Or(var parts) -> parts.stream().allMatch(RowsMatcher::asksForWords);
            case Query.Not(var part) -> asksForWords(part);
            case Query.InColumn(int column, Query.All()) -> false;
            case Query.InColumn(int column, var words) -> asksForWords(words);
            case Query.All all -> true;
            case Query.Word word -> true;
            case Query.Prefix prefix -> true;
            case Query.Infix infix -> true;
            case Query.Phrase phrase -> true;
            case Query.EqualLong equal -> false;
            case Query.EqualDouble equal -> false;
            case Query.Field field -> false;
        };
    }

    /** Whether it looks at a column's text. */
    public boolean reads(int column) {
        return read[column];
    }

    /**
     * Clears the rows that do not match.
     *
     * @param ofColumns the text of each column that is {@linkplain #reads looked at}; a row without a value has none
     * @param at shows a row
     */
    public void keep(TextRows[] ofColumns, IntFunction<RowView> at, BitSet rows) {
        texts = ofColumns;
        rowAt = at;
        others.clear();
        for (int column = 0; column < read.length; column++) {
            if (read[column]) {
                findOthers(texts[column], rows);
            }
        }
        if (others.isEmpty()) {
            root.keep(rows);
            return;
        }
        rows.andNot(others);
        root.keep(rows);
        keepByRow(rowMatcher(), others);
        rows.or(others);
    }

    /** Notes the rows whose text is not plain. */
    private void findOthers(TextRows text, BitSet rows) {
        var starts = text.starts();
        for (int first = rows.nextSetBit(0); first >= 0; ) {
            int end = rows.nextClearBit(first);
            if (!AsciiCutter.isAscii(text.bytes(), starts[first], starts[end])) {
                for (int row = first; row < end; row++) {
                    if (!AsciiCutter.isAscii(text.bytes(), starts[row], starts[row + 1])) {
                        others.set(row);
                    }
                }
            }
            first = rows.nextSetBit(end);
        }
    }

    private Matcher rowMatcher() {
        var known = matcher;
        if (known == null) {
            known = new Matcher(query, columns);
            matcher = known;
        }
        return known;
    }

    private void keepByRow(Matcher judge, BitSet rows) {
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            if (!judge.matches(rowAt.apply(row))) {
                rows.clear(row);
            }
        }
    }

    /** Takes from a set the rows that do not match. */
    private interface Node {
        void keep(BitSet rows);
    }

    private Node compile(Query asked, int column) {
        return switch (asked) {
            case Query.All() -> rows -> {};
            case Query.And(var parts) -> new All(compile(parts, column));
            case Query.Or(var parts) -> new Any(compile(parts, column));
            case Query.Not(var part) -> new Other(compile(part, column));
            case Query.InColumn(int own, var words) -> compile(words, own);
            case Query.Word(var word) -> new Part(column, TextPart.word(word.getBytes(UTF_8)));
            case Query.Prefix(var text) -> new Part(column, TextPart.prefix(text.getBytes(UTF_8)));
            case Query.Infix(var text) -> new Part(column, TextPart.infix(text.getBytes(UTF_8)));
            case Query.Phrase phrase -> phrase(phrase, column);
            case Query.EqualLong equal -> throw notWords(equal);
            case Query.EqualDouble equal -> throw notWords(equal);
            case Query.Field field -> throw notWords(field);
        };
    }

    private static RuntimeException notWords(Query query) {
        return new IllegalArgumentException("a query that asks for more than words: " + query);
    }

    private Node[] compile(List<Query> parts, int column) {
        return parts.stream().map(part -> compile(part, column)).toArray(Node[]::new);
    }

    /** Joined words are one part. Of others, rows that have all words are read. */
    private Node phrase(Query.Phrase phrase, int column) {
        var parts = TextPart.of(phrase);
        if (parts.length == 0) {
            return BitSet::clear;
        }
        if (phrase.joined()) {
            return new Part(column, parts[0]);
        }
        var nodes = new Node[parts.length + 1];
        for (int i = 0; i < parts.length; i++) {
            nodes[i] = new Part(column, parts[i]);
        }
        var judge = new Matcher(column == ANY_COLUMN ? phrase : new Query.InColumn(column, phrase), columns);
        nodes[parts.length] = rows -> keepByRow(judge, rows);
        return rows -> {
            for (var node : nodes) {
                node.keep(rows);
            }
        };
    }

    /** What leaves the fewest rows comes first, going by the batches before. */
    private static final class All implements Node {
        private final Node[] parts;
        private final double[] kept;

        All(Node[] parts) {
            this.parts = parts;
            this.kept = new double[parts.length];
        }

        @Override
        public void keep(BitSet rows) {
            for (int i = 0; i < parts.length && !rows.isEmpty(); i++) {
                int before = rows.cardinality();
                parts[i].keep(rows);
                kept[i] = (kept[i] + (double) rows.cardinality() / before) / 2;
            }
            for (int i = 1; i < parts.length; i++) {
                if (kept[i] < kept[i - 1]) {
                    swap(i);
                }
            }
        }

        private void swap(int index) {
            var part = parts[index];
            double share = kept[index];
            parts[index] = parts[index - 1];
            kept[index] = kept[index - 1];
            parts[index - 1] = part;
            kept[index - 1] = share;
        }
    }

    private static final class Any implements Node {
        private final Node[] parts;
        private final BitSet left = new BitSet();
        private final BitSet one = new BitSet();

        Any(Node[] parts) {
            this.parts = parts;
        }

        @Override
        public void keep(BitSet rows) {
            left.clear();
            left.or(rows);
            for (var part : parts) {
                one.clear();
                one.or(left);
                part.keep(one);
                left.andNot(one);
            }
            rows.andNot(left);
        }
    }

    private static final class Other implements Node {
        private final Node denied;
        private final BitSet matching = new BitSet();

        Other(Node denied) {
            this.denied = denied;
        }

        @Override
        public void keep(BitSet rows) {
            matching.clear();
            matching.or(rows);
            denied.keep(matching);
            rows.andNot(matching);
        }
    }

    private final class Part implements Node {
        private final TextPart part;
        private final boolean[] listens = new boolean[columns.size()];
        private final BitSet found = new BitSet();

        Part(int column, TextPart part) {
            this.part = part;
            for (int i = 0; i < listens.length; i++) {
                boolean text = !columns.get(i).type().fixed();
                listens[i] = column == ANY_COLUMN ? text && columns.get(i).searched() : i == column;
                read[i] |= listens[i];
            }
        }

        @Override
        public void keep(BitSet rows) {
            found.clear();
            for (int column = 0; column < listens.length; column++) {
                if (listens[column]) {
                    find(texts[column], rows);
                }
            }
            rows.and(found);
        }

        private void find(TextRows text, BitSet rows) {
            for (int first = rows.nextSetBit(0); first >= 0; ) {
                int end = rows.nextClearBit(first);
                find(text.bytes(), text.starts(), first, end);
                first = rows.nextSetBit(end);
            }
        }

        /** In rows that follow one another; what ends in another row than it began in is not there. */
        private void find(byte[] bytes, int[] starts, int first, int endRow) {
            int row = first;
            int end = starts[endRow];
            for (int at = part.next(bytes, starts[first], end); at >= 0; ) {
                while (starts[row + 1] <= at) {
                    row++;
                }
                int rowEnd = starts[row + 1];
                boolean there = at + part.length() <= rowEnd && part.stands(bytes, starts[row], at, rowEnd);
                if (there) {
                    found.set(row);
                }
                at = part.next(bytes, there ? rowEnd : at + 1, end);
            }
        }
    }
}
