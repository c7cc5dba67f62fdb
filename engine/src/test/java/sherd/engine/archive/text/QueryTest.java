package sherd.engine.archive.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.engine.archive.text.Query.All;
import sherd.engine.archive.text.Query.And;
import sherd.engine.archive.text.Query.EqualDouble;
import sherd.engine.archive.text.Query.EqualLong;
import sherd.engine.archive.text.Query.InColumn;
import sherd.engine.archive.text.Query.Infix;
import sherd.engine.archive.text.Query.Not;
import sherd.engine.archive.text.Query.Or;
import sherd.engine.archive.text.Query.Phrase;
import sherd.engine.archive.text.Query.Prefix;
import sherd.engine.archive.text.Query.Word;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ColumnType;

final class QueryTest {
    private record Column(String name, ColumnType type, boolean searched, boolean hidden) implements SearchColumn {}

    private static final List<Column> COLUMNS = List.of(
            new Column("ts", ColumnType.TIMESTAMP, false, false),
            new Column("line", ColumnType.STRING, true, false),
            new Column("status", ColumnType.INT32, false, false),
            new Column("load", ColumnType.FLOAT64, false, false),
            new Column("ok", ColumnType.BOOL, false, false),
            new Column("_secret", ColumnType.STRING, false, true));

    private static Query parse(String text) {
        return Query.parse(text).bind(COLUMNS);
    }

    @Test
    void wordsAreAndedAndOrBindsWeaker() {
        assertThat(parse("")).isEqualTo(new All());
        assertThat(parse("  ")).isEqualTo(new All());
        assertThat(parse("Error")).isEqualTo(new Word("error"));
        assertThat(parse("a b OR c NOT d"))
                .isEqualTo(new Or(List.of(
                        new And(List.of(new Word("a"), new Word("b"))),
                        new And(List.of(new Word("c"), new Not(new Word("d")))))));
        assertThat(parse("a (b OR c)"))
                .isEqualTo(new And(List.of(new Word("a"), new Or(List.of(new Word("b"), new Word("c"))))));
        assertThat(parse("NOT NOT a")).isEqualTo(new Word("a"));
        assertThat(parse("or not ORDER"))
                .isEqualTo(new And(List.of(new Word("or"), new Word("not"), new Word("order"))));
    }

    @Test
    void phrasesPatternsAndCompounds() {
        assertThat(parse("\"Connection reset\"")).isEqualTo(new Phrase(List.of("connection", "reset")));
        assertThat(parse("\"a \\\"b\\\"\"")).isEqualTo(new Phrase(List.of("a", "b")));
        assertThat(parse("\"one\"")).isEqualTo(new Word("one"));
        assertThat(parse("Conn*")).isEqualTo(new Prefix("conn"));
        assertThat(parse("*Rese*")).isEqualTo(new Infix("rese"));
        assertThat(parse("*")).isEqualTo(new All());
        assertThat(parse("/var/log*")).isEqualTo(new Phrase(List.of("var", "log"), "/", false, true));
        assertThat(parse("*ar/lo*")).isEqualTo(new Phrase(List.of("ar", "lo"), "/", true, true));
        assertThat(parse("10.0.*")).isEqualTo(new Phrase(List.of("10", "0", ""), "..", false, true));
        assertThat(parse("10.0.0.1")).isEqualTo(new Phrase(List.of("10", "0", "0", "1"), "...", false, false));
        assertThat(parse("a=b.c")).isEqualTo(new Phrase(List.of("a", "b", "c")));
        assertThat(parse("漢.x")).isEqualTo(new Phrase(List.of("漢", "x")));
        assertThat(parse("漢")).isEqualTo(new Infix("漢"));
        assertThat(parse("漢字典")).isEqualTo(new Phrase(List.of("漢字", "字典")));
    }

    @Test
    void aColumnIsAskedForItsTypeAndOthersAreCompounds() {
        assertThat(parse("status:500")).isEqualTo(new EqualLong(2, 500));
        assertThat(parse("load:0.5")).isEqualTo(new EqualDouble(3, 0.5));
        assertThat(parse("ok:true")).isEqualTo(new EqualLong(4, 1));
        assertThat(parse("ts:1000")).isEqualTo(new EqualLong(0, 1000));
        assertThat(parse("ts:-1000")).isEqualTo(new EqualLong(0, -1000));
        assertThat(parse("ts:1970-01-01T00:00:01Z")).isEqualTo(new EqualLong(0, 1000));
        assertThat(parse("line:Error")).isEqualTo(new InColumn(1, new Word("error")));
        assertThat(parse("line:\"a b\"")).isEqualTo(new InColumn(1, new Phrase(List.of("a", "b"))));
        assertThat(parse("line:er*")).isEqualTo(new InColumn(1, new Prefix("er")));
        assertThat(parse("localhost:8080")).isEqualTo(new Phrase(List.of("localhost", "8080"), ":", false, false));
        assertThat(parse("_secret:x")).isEqualTo(new Phrase(List.of("_secret", "x"), ":", false, false));
        assertThat(parse("warn:")).isEqualTo(new Word("warn"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(a|1|nothing closes",
                "a)|2|nothing opened",
                "()|2|a word is missing",
                "a OR|5|a word is missing",
                "OR a|1|a word is missing",
                "a NOT|3|something to deny",
                "\"a|1|nothing closes",
                "a \"--\"|3|without letters or digits",
                "a --|3|no letters or digits",
                "*ab|1|ends a word",
                "a*b|2|ends a word",
                "a..b*|1|in a row join no words",
                "status:abc|8|not a whole number",
                "ok:maybe|4|neither true nor false",
                "ts:soon|4|neither milliseconds",
                "line:|6|without a value",
                "line:-|6|no letters or digits",
            })
    void aBadQueryPointsAtTheCharacter(String query, int position, String problem) {
        assertThatThrownBy(() -> parse(query)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY);
            assertThat(e).hasMessageContaining(problem).hasMessageContaining("position=" + position + " ");
        });
    }

    @Test
    void longAndDeepQueriesAreRefused() {
        assertThatThrownBy(() -> parse("a ".repeat(5000))).hasMessageContaining("too long");
        assertThatThrownBy(() -> parse("(".repeat(1000))).hasMessageContaining("too many parentheses");
    }
}
