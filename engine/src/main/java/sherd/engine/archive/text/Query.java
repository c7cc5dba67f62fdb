package sherd.engine.archive.text;

import java.util.List;

/**
 * What a search asks. Words are as {@link Tokenizer} spells them.
 *
 * <pre>
 * query = both { "OR" both }            both = not not ...
 * not   = "NOT" not | "(" query ")" | [column ":"] ( word | "a phrase" | pre* | *mid* )
 * </pre>
 *
 * {@link #parse} knows no table, so it leaves {@link Field}s; {@link #bind} settles them.
 */
public sealed interface Query {
    /** Every row. */
    record All() implements Query {}

    /** Rows with this word. */
    record Word(String word) implements Query {}

    /** Rows with these words one after the other in one column. */
    record Phrase(List<String> words) implements Query {
        public Phrase {
            words = List.copyOf(words);
        }
    }

    /** Rows with a word or compound that starts so. */
    record Prefix(String text) implements Query {}

    /** Rows with a word or compound that contains this. */
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
