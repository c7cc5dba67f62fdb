package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * What a search asks. Words are as {@link Tokenizer} spells them.
 *
 * <pre>
 * query = both { "OR" both }            both = not not ...
 * not   = "NOT" not | "(" query ")" | [column ":"] ( word | "a phrase" | pre* | *mid* )
 * word  = letters and digits, which . : / - @ may join: then they stand joined so in the text
 * </pre>
 *
 * {@link #parse} knows no table, so it leaves {@link Field}s; {@link #bind} settles them.
 */
public sealed interface Query {
    /** Every row. */
    record All() implements Query {}

    /** Rows with this word. */
    record Word(String word) implements Query {}

    /**
     * Rows with these words one after the other in one column.
     *
     * @param joints what joins each word to the next, a character each; empty if anything may stand between them
     * @param openStart the first word need only end so
     * @param openEnd the last word need only start so
     */
    record Phrase(List<String> words, String joints, boolean openStart, boolean openEnd) implements Query {
        public Phrase {
            words = List.copyOf(words);
        }

        /** Whole words with anything between them. */
        public Phrase(List<String> words) {
            this(words, "", false, false);
        }

        /** The words that are asked for as they are, without those that are open. */
        public List<String> whole() {
            return words.subList(openStart ? 1 : 0, Math.max(openStart ? 1 : 0, words.size() - (openEnd ? 1 : 0)));
        }

        public boolean joined() {
            return !joints.isEmpty();
        }

        /** The joined words as they stand in a text. */
        public String text() {
            var text = new StringBuilder(words.getFirst());
            for (int i = 1; i < words.size(); i++) {
                text.append(joints.charAt(i - 1)).append(words.get(i));
            }
            return text.toString();
        }

        /** Whether every text that has these joined words has a compound with them that is a term or was left out. */
        public boolean named() {
            if (!joined()) {
                return false;
            }
            var text = text().getBytes(UTF_8);
            return Compounds.named(text, 0, text.length, openStart, openEnd);
        }
    }

    /** Rows with a word that starts so. */
    record Prefix(String text) implements Query {}

    /** Rows with a word that contains this. */
    record Infix(String text) implements Query {}

    /**
     * {@code column:value} as written.
     *
     * @param value the text after the colon
     * @param words the value asked as words
     * @param whole all of it asked as words: what it means if there is no such column
     * @param position of the value in the query, for messages
     */
    record Field(String column, String value, Query words, Query whole, int position) implements Query {}

    record And(List<Query> parts) implements Query {
        public And {
            parts = List.copyOf(parts);
        }
    }

    record Or(List<Query> parts) implements Query {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    record Not(Query part) implements Query {}

    /** Words of one column only. */
    record InColumn(int column, Query words) implements Query {}

    /** A whole number, time or truth value. */
    record EqualLong(int column, long value) implements Query {}

    /** A fraction. */
    record EqualDouble(int column, double value) implements Query {}

    /** Reads a query; an empty one asks for every row. Throws INVALID_QUERY that points at the character. */
    static Query parse(String text) {
        return new QueryParser(text).parse();
    }

    /** The same question to these columns, without {@link Field}s. */
    default Query bind(List<? extends SearchColumn> columns) {
        return new QueryBinder(columns).bind(this);
    }
}
