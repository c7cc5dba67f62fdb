package sherd.server.loki.logql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogQlParserTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{app=\"x\"}",
                "{app=\"x\",} # comment",
                "rate({app=\"x\"}[5m])",
                "rate(({app=\"x\"} |= \"y\")[5m])",
                "rate({app=\"x\"}[5m] |= \"y\" | json)",
                "sum by (host) (rate({job=\"mysql\"} |= \"error\" != \"timeout\" | json | duration > 10s [1m]))",
                "sum(count_over_time({a=\"b\"}[1h30m] offset 5m)) without (x, y)",
                "topk(10, sum(rate({a=~\".+\"}[5m])) by (name))",
                "sum_over_time({a=\"b\"} | logfmt | unwrap bytes(size) | __error__=\"\" [1m])",
                "max_over_time({a=\"b\"} | json | unwrap duration(took) [1m]) by (path)",
                "sum(rate({a=\"b\"}[1m])) / sum(rate({a=\"c\"}[1m])) * 100",
                "sum(rate({a=\"b\"}[1m])) > bool 5 or vector(0)",
                "vector(1)+vector(1)",
                "sum by (a) (rate({a=\"b\"}[1m])) / on (a) sum by (a) (rate({a=\"c\"}[1m]))",
                "2 ^ 3 ^ 2 - -1",
                "bytes_rate({a=\"b\"}[1w])",
                "count_over_time({a=\"b\"} | logfmt | a > 1 or b = \"c\" [5m]) >= 3"
            })
    void whatLokiDocumentsIsRead(String query) {
        assertThatCode(() -> Expr.parse(query)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "{app=}; line 1, col 6: syntax error: unexpected '}', expecting STRING",
                "{app=\"x\"; line 1, col 9: syntax error: unexpected $end, expecting ','",
                "{app==\"x\"}; line 1, col 5: syntax error: unexpected '=='",
                "app; line 1, col 1: syntax error: unexpected IDENTIFIER 'app'",
                "^^; col 1: syntax error: unexpected $end",
                "{a=\"b\"} |= ; line 1, col 11: syntax error: unexpected $end, expecting STRING",
                "{a=\"b\"} | pattern \"<x>\"; the parser 'pattern' is not supported here",
                "{a=\"b\"} | jsn; unexpected IDENTIFIER 'jsn'",
                "rate({a=\"b\"}); unexpected ')', expecting '['",
                "rate({a=\"b\"}[5x]); not a number, duration or size: '5x'",
                "rate({a=\"b\"}[0s]); not a duration of use",
                "sum({a=\"b\"}); line 1, col 5: syntax error: unexpected log query",
                "foo({a=\"b\"}[1m]); the function 'foo' is not supported here",
                "sum_over_time({a=\"b\"}[1m]); invalid aggregation sum_over_time without unwrap",
                "count_over_time({a=\"b\"} | unwrap x [1m]); invalid aggregation count_over_time with unwrap",
                "rate({a=\"b\"}[1m]) by (x); grouping not allowed for rate aggregation",
                "{a=~\"(\"}; error parsing regexp",
                "{a=~\"(?=x)y\"}; RE2 does not have",
                "{a=\"b\"} |~ `(x)\\1`; RE2 does not have",
                "{}; at least one regexp or equality matcher",
                "{a=~\".*\"}; at least one regexp or equality matcher",
                "{a!=\"b\"}; at least one regexp or equality matcher",
                "{a=\"b\"} | line_format \"{{ ToUpper .a }}\"; not supported here",
                "{a=\"b\"} | label_format x=a,x=b; multiple label name 'x'",
                "{a=\"b}; literal not terminated",
                "{a=\"\\q\"}; invalid char escape",
                "topk(0, rate({a=\"b\"}[1m])); invalid parameter 0",
                "rate({a=\"b\"}[1m]) / on (a) group_left rate({a=\"b\"}[1m]); group_left is not supported here",
                "{a=\"b\"} $; unexpected character '$'",
                "1 + {a=\"b\"}; unexpected log query"
            })
    void whatIsNoneIsRefusedAtItsPlace(String query, String message) {
        assertThatThrownBy(() -> Expr.parse(query))
                .isInstanceOf(LogQlException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPlaceIsNamedByLineToo() {
        assertThatThrownBy(() -> Expr.parse("{a=\"b\"}\n  |= 5"))
                .hasMessageStartingWith("parse error at line 2, col 6: syntax error: unexpected NUMBER '5'");
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> Expr.parse("(".repeat(1000) + "1")).isInstanceOf(LogQlException.class);
        assertThatThrownBy(() -> Expr.parse("{a=\"b\"} | " + "(".repeat(1000) + "x=1"))
                .isInstanceOf(LogQlException.class);
        assertThatThrownBy(() -> Expr.parse("1" + " ".repeat(70_000))).hasMessageContaining("too long");
    }

    @Test
    void nothingButQueriesAndRefusalsComesOfMutatedQueries() {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        System.err.println("LogQlParserTest: -Dsherd.test.seed=" + seed);
        var random = new Random(seed);
        var words = new String[] {
            "{a=\"b\"}",
            "sum",
            "by",
            "(",
            ")",
            "[5m]",
            "|=",
            "|",
            "json",
            "\"x\"",
            "rate",
            "1",
            "5s",
            "{",
            "}",
            "unwrap",
            "a",
            "=",
            ">",
            "and",
            "or",
            ",",
            "offset",
            "-",
            "`",
            "line_format",
            "\"{{.a}}\"",
            "topk",
            "bool",
            "on",
            "\u00e9"
        };
        for (int i = 0; i < 20_000; i++) {
            var query = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                query.append(words[random.nextInt(words.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            try {
                assertThat(Expr.parse(query.toString())).isNotNull();
            } catch (LogQlException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }
}
