package sherd.server.loki.logql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Loki's documentation says of selectors, filters and parsers, line by line. */
class PipelineTest {
    private static final Labels STREAM = Labels.of(Map.of("job", "mysql", "name", "mysql-backup", "level", "warn"));

    /** Labels and text of the line as the pipeline leaves it, or null when it drops it. */
    private static String run(String pipeline, String text) {
        var log = (Expr.Log) Expr.parse("{job=\"mysql\"} " + pipeline);
        var line = new LogLine();
        line.set(STREAM, 1, text);
        return log.keeps(line) ? line.labels().without(STREAM.toMap().keySet()) + " " + line.text() : "dropped";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "{job=\"mysql\"}; true",
                "{job=\"mysq\"}; false",
                "{job=\"mysql\",name=\"mysql-backup\"}; true",
                "{job=\"mysql\",name!=\"mysql-backup\"}; false",
                "{name =~ \"mysql.+\"}; true",
                "{name =~ \"mysql\"}; false",
                "{name !~ \"mysql.+\", job=\"mysql\"}; false",
                "{job=\"mysql\", name !~ `mysql-\\d+`}; true",
                "{job=\"mysql\", none=\"\"}; true",
                "{job=\"mysql\", none!=\"\"}; false",
                "{job=~\"my.*|pg\"}; true",
                "{job=~\"(?i)MYSQL\"}; true",
                "{job=~\"[[:alpha:]]+\"}; true",
                "{job=~\".+\", level=~\"warn|error\"}; true"
            })
    void selectorsMatchWholeValues(String selector, boolean selected) {
        assertThat(((Expr.Log) Expr.parse(selector)).selects(STREAM)).isEqualTo(selected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "|= \"error\"; an error here; true",
                "|= \"Error\"; an error here; false",
                "|= \"rro\"; an error here; true",
                "!= \"error\"; an error here; false",
                "|= \"error\" != \"timeout\"; error: timeout; false",
                "|= \"error\" != \"timeout\"; error: refused; true",
                "|~ \"tsdb-ops.*io:2003\"; x tsdb-ops yy io:2003 z; true",
                "|~ `error=\\w+`; error=x; true",
                "|~ `error=\\w+`; error=; false",
                "|~ \"(?i)ERROR\"; an error here; true",
                "!~ \"err.r\"; an error here; false",
                "|= \"a\" or \"b\"; only b; true",
                "|= \"x\" or \"z\"; only b; false",
                "|= `back\"tick`; a back\"tick; true",
                "|~ \"e.*?r\" |= \"here\"; an error here; true",
                "|= \"\"; anything; true",
                "| level = \"warn\"; x; true",
                "| level = \"warn\" | job != \"mysql\"; x; false"
            })
    void lineFiltersLookAnywhere(String pipeline, String line, boolean kept) {
        assertThat(run(pipeline, line)).isEqualTo(kept ? "{} " + line : "dropped");
    }

    @Test
    void jsonIsFlattenedAndArraysAreSkipped() {
        var line =
                "{\"protocol\":\"HTTP/2.0\",\"servers\":[\"129.0.1.1\",\"10.2.1.3\"],\"request\":{\"time\":\"6.032\","
                        + "\"headers\":{\"Accept\":\"*/*\",\"User-Agent\":\"curl/7.68.0\"}},\"response\":{\"status\":401},\"ok\":true,"
                        + "\"none\":null,\"1st\":\"x\",\"level\":\"info\"}";
        assertThat(run("| json | line_format \"\"", line))
                .isEqualTo("{_1st=\"x\", level_extracted=\"info\", ok=\"true\", protocol=\"HTTP/2.0\","
                        + " request_headers_Accept=\"*/*\", request_headers_User_Agent=\"curl/7.68.0\","
                        + " request_time=\"6.032\", response_status=\"401\"} ");
        assertThat(run(
                        "| json first_server=\"servers[0]\", ua=\"request.headers[\\\"User-Agent\\\"]\", all=\"servers\","
                                + " no=\"a.b\" | line_format \"\"",
                        line))
                .isEqualTo("{all=\"[\\\"129.0.1.1\\\",\\\"10.2.1.3\\\"]\", first_server=\"129.0.1.1\","
                        + " ua=\"curl/7.68.0\"} ");
        assertThat(run("| json protocol", line)).startsWith("{protocol=\"HTTP/2.0\"} ");
    }

    @Test
    void whatIsNotJsonStaysWithAnError() {
        assertThat(run("| json", "not json"))
                .startsWith("{__error__=\"JSONParserErr\"")
                .endsWith(" not json");
        assertThat(run("| json | __error__=\"\"", "not json")).isEqualTo("dropped");
        assertThat(run("| json", "[1]")).contains("JSONParserErr");
        assertThat(run("| json | size > 5", "not json")).contains("JSONParserErr");
        assertThat(run("| json | drop __error__, __error_details__", "INFO GET / 200"))
                .isEqualTo("{} INFO GET / 200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "| logfmt; at=info method=GET path=/ fwd=\"124.1 x\" service=8ms; {at=\"info\", fwd=\"124.1 x\", method=\"GET\", path=\"/\", service=\"8ms\"}",
                "| logfmt host, fwd_ip=\"fwd\"; at=info host=grafana.net fwd=\"1.2\"; {fwd_ip=\"1.2\", host=\"grafana.net\"}",
                "| logfmt; level=debug a.b=1; {a_b=\"1\", level_extracted=\"debug\"}",
                "| logfmt; alone k=v =x foo=bar=buzz fo\"o=bar z=\"a \\\" b\"; {k=\"v\", z=\"a \\\" b\"}",
                "| logfmt; a=1 a=2; {a=\"1\"}"
            })
    void logfmtPairsBecomeLabels(String pipeline, String line, String labels) {
        assertThat(run(pipeline, line)).isEqualTo(labels + " " + line);
    }

    @Test
    void strictLogfmtStopsAtWhatIsNone() {
        assertThat(run("| logfmt --strict", "a=1 foo=bar=buzz b=2")).contains("LogfmtParserErr", "a=\"1\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "duration > 1m; true",
                "duration >= 90s; true",
                "duration < 90s; false",
                "duration == 1m30s; true",
                "bytes_consumed > 20MB; true",
                "bytes_consumed > 1GiB; false",
                "bytes_consumed = 42MB; true",
                "status = 200; true",
                "status == 200.0; true",
                "status != 200; false",
                "status >= 200 and status < 300; true",
                "status = \"200\"; true",
                "status =~ \"2..\"; true",
                "status =~ \"2.\"; false",
                "none > 5; false",
                "none = \"\"; true",
                "duration >= 20s or method=\"GET\" and status <= 20; false",
                "duration >= 20s or (method=\"GET\" and status <= 20); true",
                "status = 200, method = \"POST\"; true",
                "status = 200 method = \"POST\"; true",
                "status = 200 | method = \"GET\"; false",
                "temp < -2; true",
                "temp > -2; false"
            })
    void labelFiltersCompareTextsNumbersDurationsAndSizes(String filter, boolean kept) {
        var line = "duration=1m30s bytes_consumed=42MB status=200 method=POST temp=-3.5";
        assertThat(!run("| logfmt | " + filter, line).equals("dropped")).isEqualTo(kept);
    }

    @Test
    void aLabelThatIsNoNumberLeavesAnError() {
        assertThat(run("| logfmt | a > 5", "a=x")).contains("__error__=\"LabelFilterErr\"");
        assertThat(run("| logfmt | a > 5 | __error__ = \"\"", "a=x")).isEqualTo("dropped");
    }

    @Test
    void formatsChangeLinesAndLabels() {
        assertThat(run("| logfmt | line_format \"{{.a}}-{{.job}}-{{ __line__ }}\"", "a=1"))
                .isEqualTo("{a=\"1\"} 1-mysql-a=1");
        assertThat(run("| logfmt | label_format b=a, c=\"{{.job}}!\"", "a=1")).isEqualTo("{b=\"1\", c=\"mysql!\"} a=1");
        assertThat(run("| logfmt | keep a, level=\"info\"", "a=1 b=2")).isEqualTo("{a=\"1\"} a=1 b=2");
        assertThat(run("| logfmt | drop a, b=\"3\"", "a=1 b=2")).isEqualTo("{b=\"2\"} a=1 b=2");
        assertThat(run("| decolorize", "\u001b[31mred\u001b[0m")).isEqualTo("{} red");
    }

    @Test
    void onlyFiltersBeforeTheTextChangesTellWhatItContained() {
        var log = (Expr.Log)
                Expr.parse(
                        "{a=\"b\"} |= \"one\" |~ \"two\" |~ \"(?i)three\" != \"four\" |~ \"f.ve\" | line_format \"x\" |= \"six\"");
        assertThat(log.contained()).containsExactly("one", "two", "three");
    }

    @Test
    void anExpressionThatBacktracksForEverEndsTheQuery() {
        assertThatThrownBy(() -> run("|~ \".*.*.*.*.*z\"", "a".repeat(500)))
                .isInstanceOf(LogQlException.class)
                .hasMessageContaining("takes too long");
    }
}
