package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Answers a query for one row by reading the row. Not thread-safe: it keeps what each leaf has seen so far.
 *
 * <p>Text in plain ASCII is searched for the bytes wanted. Other text, and text that may have a phrase, is cut once,
 * whatever the query's size: each word is shown to every leaf that listens to its column. Only then the tree above is
 * asked.
 */
public final class Matcher {
    private static final int ANY_COLUMN = -1;

    private final Node root;
    private final List<TextLeaf> leaves = new ArrayList<>();
    private final boolean[] wanted;
    private final boolean[] searched;
    private final Tokenizer tokenizer = new Tokenizer();
    private final PlainLine line = new PlainLine();
    private final Feed feed = new Feed();

    public Matcher(Query query, List<? extends SearchColumn> columns) {
        searched = new boolean[columns.size()];
        wanted = new boolean[columns.size()];
        for (int i = 0; i < searched.length; i++) {
            searched[i] = columns.get(i).searched() && !columns.get(i).type().fixed();
        }
        root = compile(query.bind(columns), ANY_COLUMN);
        for (var leaf : leaves) {
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] |= leaf.listens(i, searched[i]);
            }
        }
    }

    public boolean matches(RowView row) {
        for (var leaf : leaves) {
            leaf.found = false;
        }
        for (int column = 0; column < wanted.length; column++) {
            if (wanted[column] && !row.isNull(column)) {
                feed.start(column);
                if (!line.take(row, column) || feed.needsWords(line)) {
                    tokenizer.tokenize(row, column, feed);
                }
            }
        }
        return root.holds(row);
    }

    private Node compile(Query query, int column) {
        return switch (query) {
            case Query.All() -> row -> true;
            case Query.And(var parts) -> {
                var nodes = parts.stream().map(p -> compile(p, column)).toArray(Node[]::new);
                yield row -> all(nodes, row);
            }
            case Query.Or(var parts) -> {
                var nodes = parts.stream().map(p -> compile(p, column)).toArray(Node[]::new);
                yield row -> any(nodes, row);
            }
            case Query.Not(var part) -> {
                var node = compile(part, column);
                yield row -> !node.holds(row);
            }
            case Query.InColumn(int own, Query.All()) -> row -> !row.isNull(own);
            case Query.InColumn(int own, var words) -> compile(words, own);
            case Query.EqualLong(int own, long value) -> row -> !row.isNull(own) && row.getLong(own) == value;
            case Query.EqualDouble(int own, double value) -> row -> !row.isNull(own) && row.getDouble(own) == value;
            case Query.Word(var word) -> leaf(new WordLeaf(column, word.getBytes(UTF_8)));
            case Query.Phrase phrase -> leaf(new PhraseLeaf(column, phrase));
            case Query.Prefix(var text) -> leaf(new PrefixLeaf(column, text.getBytes(UTF_8)));
            case Query.Infix(var text) -> leaf(new InfixLeaf(column, text.getBytes(UTF_8)));
            case Query.Field field -> throw new IllegalArgumentException("a query that was not bound: " + field);
        };
    }

    private static boolean all(Node[] nodes, RowView row) {
        for (var node : nodes) {
            if (!node.holds(row)) {
                return false;
            }
        }
        return true;
    }

    private static boolean any(Node[] nodes, RowView row) {
        for (var node : nodes) {
            if (node.holds(row)) {
                return true;
            }
        }
        return false;
    }

    private Node leaf(TextLeaf leaf) {
        leaves.add(leaf);
        return leaf;
    }

    private static boolean contains(byte[] buffer, int offset, int length, byte[] part) {
        for (int i = offset; i <= offset + length - part.length; i++) {
            if (Arrays.equals(buffer, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private interface Node {
        boolean holds(RowView row);
    }

    private abstract static class TextLeaf implements Node {
        final int column;
        boolean found;

        TextLeaf(int column) {
            this.column = column;
        }

        boolean listens(int other, boolean otherSearched) {
            return column == ANY_COLUMN ? otherSearched : column == other;
        }

        void start() {}

        abstract void word(byte[] buffer, int offset, int length);

        /** Looks for its bytes in plain text; true if only the words can tell. */
        abstract boolean look(PlainLine line);

        @Override
        public boolean holds(RowView row) {
            return found;
        }
    }

    private static final class WordLeaf extends TextLeaf {
        private final byte[] wanted;
        private final TextPart part;

        WordLeaf(int column, byte[] wanted) {
            super(column);
            this.wanted = wanted;
            this.part = TextPart.word(wanted);
        }

        @Override
        void word(byte[] buffer, int offset, int length) {
            found |= length == wanted.length && Arrays.equals(buffer, offset, offset + length, wanted, 0, length);
        }

        @Override
        boolean look(PlainLine line) {
            found |= line.has(part);
            return false;
        }
    }

    private static final class PrefixLeaf extends TextLeaf {
        private final byte[] wanted;
        private final TextPart part;

        PrefixLeaf(int column, byte[] wanted) {
            super(column);
            this.wanted = wanted;
            this.part = TextPart.prefix(wanted);
        }

        @Override
        void word(byte[] buffer, int offset, int length) {
            found |= length >= wanted.length
                    && Arrays.equals(buffer, offset, offset + wanted.length, wanted, 0, wanted.length);
        }

        @Override
        boolean look(PlainLine line) {
            found |= line.has(part);
            return false;
        }
    }

    private static final class InfixLeaf extends TextLeaf {
        private final byte[] wanted;
        private final TextPart part;

        InfixLeaf(int column, byte[] wanted) {
            super(column);
            this.wanted = wanted;
            this.part = TextPart.infix(wanted);
        }

        @Override
        void word(byte[] buffer, int offset, int length) {
            found = found || contains(buffer, offset, length, wanted);
        }

        @Override
        boolean look(PlainLine line) {
            found |= line.has(part);
            return false;
        }
    }

    /** Follows every place where the phrase may have begun, a bit each for how many of its words were seen. */
    private static final class PhraseLeaf extends TextLeaf {
        private final byte[][] wanted;
        private final String joints;
        private final boolean openStart;
        private final boolean openEnd;
        private final boolean[] seen;
        /** The words as they are joined, or each of them. */
        private final TextPart[] parts;

        private int end;

        PhraseLeaf(int column, Query.Phrase phrase) {
            super(column);
            wanted = phrase.words().stream().map(w -> w.getBytes(UTF_8)).toArray(byte[][]::new);
            joints = phrase.joints();
            openStart = phrase.openStart();
            openEnd = phrase.openEnd();
            seen = new boolean[wanted.length];
            parts = TextPart.of(phrase);
        }

        /** Joined words are bytes in a row; of others, all must be there. */
        @Override
        boolean look(PlainLine line) {
            for (var part : parts) {
                if (!line.has(part)) {
                    return false;
                }
            }
            found |= !joints.isEmpty();
            return joints.isEmpty() && parts.length > 0;
        }

        @Override
        void start() {
            Arrays.fill(seen, false);
            end = -1;
        }

        @Override
        void word(byte[] buffer, int offset, int length) {
            for (int i = wanted.length - 1; i > 0; i--) {
                seen[i] = seen[i - 1] && isJoined(i, buffer, offset) && isWanted(i, buffer, offset, length);
            }
            if (wanted.length > 0) {
                seen[0] = isWanted(0, buffer, offset, length);
                found |= seen[wanted.length - 1];
            }
            end = offset + length;
        }

        private boolean isJoined(int index, byte[] buffer, int offset) {
            return joints.isEmpty() || (offset == end + 1 && buffer[end] == joints.charAt(index - 1));
        }

        private boolean isWanted(int index, byte[] buffer, int offset, int length) {
            var word = wanted[index];
            boolean lacksStart = openStart && index == 0;
            boolean lacksEnd = openEnd && index == wanted.length - 1;
            if (length < word.length || (length > word.length && !lacksStart && !lacksEnd)) {
                return false;
            }
            if (word.length == 0 && buffer[offset] < 0) {
                // Nothing joins characters that are cut into pairs.
                return !Tokenizer.isPaired(new String(buffer, offset, length, UTF_8).codePointAt(0));
            }
            int from = lacksStart ? offset + length - word.length : offset;
            return Arrays.equals(buffer, from, from + word.length, word, 0, word.length);
        }
    }

    /** Shows terms to the leaves that listen to the column being cut. */
    private final class Feed implements TermSink {
        private TextLeaf[] listening = {};
        private int count;

        void start(int column) {
            if (listening.length < leaves.size()) {
                listening = new TextLeaf[leaves.size()];
            }
            count = 0;
            for (var leaf : leaves) {
                if (!leaf.found && leaf.listens(column, searched[column])) {
                    leaf.start();
                    listening[count++] = leaf;
                }
            }
        }

        /** Lets all look at plain text; only those that cannot tell by it listen on. */
        boolean needsWords(PlainLine plain) {
            int left = 0;
            for (int i = 0; i < count; i++) {
                if (listening[i].look(plain)) {
                    listening[left++] = listening[i];
                }
            }
            count = left;
            return count > 0;
        }

        @Override
        public void word(byte[] buffer, int offset, int length) {
            for (int i = 0; i < count; i++) {
                listening[i].word(buffer, offset, length);
            }
        }
    }
}
