package sherd.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.compression.Snappy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class LokiCallsTest extends EveryVersion {
    private static final String PUSH = "/loki/api/v1/push";
    private static final long T = 1_700_000_000_000_000_000L;

    private static String enc(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    /** One stream of a push request; values are times after {@link #T} in nanoseconds, and lines. */
    private static String stream(String labels, Object... values) {
        var all = new StringBuilder();
        for (int i = 0; i < values.length; i += 2) {
            all.append(i == 0 ? "" : ",")
                    .append("[\"")
                    .append(T + ((Number) values[i]).longValue())
                    .append("\",")
                    .append(values[i + 1] instanceof String line ? quoted(line) : values[i + 1])
                    .append(']');
        }
        return "{\"stream\":" + labels + ",\"values\":[" + all + "]}";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static void push(String tenant, String... streams) {
        var pushed =
                node.json("POST", PUSH, "{\"streams\":[" + String.join(",", streams) + "]}", "X-Scope-OrgID", tenant);
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(204);
    }

    private static HttpResponse<String> get(String tenant, String path) {
        return node.get("/loki/api/v1/" + path, "X-Scope-OrgID", tenant);
    }

    private static Map<String, Object> data(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var document = Json.object(answer.body());
        assertThat(document).containsEntry("status", "success");
        return Json.member(document, "data");
    }

    private static String found(Map<String, Object> data) {
        return Json.text(data, "result");
    }

    private static Map<String, Object> range(String tenant, String query, String more) {
        return data(get(
                tenant, "query_range?query=" + enc(query) + "&start=" + T + "&end=" + (T + 3600_000_000_000L) + more));
    }

    private static Map<String, Object> instant(String tenant, String query, long seconds) {
        return data(get(tenant, "query?query=" + enc(query) + "&time=" + (T / 1_000_000_000 + seconds)));
    }

    @Test
    void pushedLinesComeBackInBothDirections() {
        push(
                "there",
                stream("{\"app\":\"shop\",\"env\":\"prod\"}", 5, "one \"quoted\"", 1, "zero"),
                stream("{\"env\":\"dev\",\"app\":\"shop\"}", 3, "two € \\\\"));
        var backward = range("there", "{app=\"shop\"}", "");
        assertThat(backward).containsEntry("resultType", "streams").containsKey("stats");
        assertThat(Json.list(backward, "result"))
                .containsExactly(
                        Map.of(
                                "stream", Map.of("app", "shop", "env", "prod"),
                                "values", List.of(List.of(T + 5 + "", "one \"quoted\""), List.of(T + 1 + "", "zero"))),
                        Map.of(
                                "stream", Map.of("app", "shop", "env", "dev"),
                                "values", List.of(List.of(T + 3 + "", "two € \\\\"))));
        var forward = range("there", "{app=\"shop\"}", "&direction=forward&limit=1");
        assertThat(Json.list(forward, "result"))
                .singleElement()
                .satisfies(one -> assertThat(one.get("values")).isEqualTo(List.of(List.of(T + 1 + "", "zero"))));
    }

    @Test
    void theStartIsInTheRangeAndTheEndIsNot() {
        push("ends", stream("{\"app\":\"x\"}", 10, "a", 20, "b", 30, "c"));
        var answer = data(
                get("ends", "query_range?query=" + enc("{app=\"x\"}") + "&start=" + (T + 10) + "&end=" + (T + 30)));
        assertThat(found(answer)).contains(", a]", ", b]").doesNotContain(", c]");
    }

    @Test
    void timesMayBeSecondsOrRfc3339AndFormsMayBePosted() {
        push("times", stream("{\"app\":\"x\"}", 0, "here"));
        for (var times : List.of(
                "start=1700000000&end=1700000001",
                "start=1700000000.0&end=1700000000.5",
                "start=2023-11-14T22:13:20Z&end=2023-11-14T22:13:21.5%2B00:00",
                "since=1h&end=" + (T + 1))) {
            assertThat(found(data(get("times", "query_range?query=" + enc("{app=\"x\"}") + "&" + times))))
                    .as(times)
                    .contains("here");
        }
        var posted = node.send(
                "POST",
                "/loki/api/v1/query_range",
                BodyPublishers.ofString("query=" + enc("{app=\"x\"}") + "&start=1700000000&end=1700000001"),
                "content-type",
                "application/x-www-form-urlencoded",
                "X-Scope-OrgID",
                "times");
        assertThat(found(data(posted))).contains("here");
    }

    @Test
    void rowsOfOneNanosecondKeepTheirOrder() {
        for (int i = 0; i < 50; i++) {
            push("ties", stream("{\"app\":\"x\"}", 7, "line " + i));
            if (i == 25) {
                archive("ties");
            }
        }
        var values = (List<?>) Json.list(range("ties", "{app=\"x\"}", "&direction=forward"), "result")
                .getFirst()
                .get("values");
        assertThat(values).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(values.get(i)).isEqualTo(List.of(T + 7 + "", "line " + i));
        }
    }

    private static void archive(String tenant) {
        var archived = node.json("POST", "/api/v1/tables/loki/" + tenant + "/archive", "{\"older_than\":\"0s\"}");
        assertThat(archived.statusCode()).as(archived.body()).isEqualTo(200);
    }

    @Test
    void gzipAndProtobufArePushedToo() throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(("{\"streams\":[" + stream("{\"app\":\"zip\"}", 1, "zipped") + "]}").getBytes(UTF_8));
        }
        var sent = node.send(
                "POST",
                PUSH,
                BodyPublishers.ofByteArray(zipped.toByteArray()),
                "content-type",
                "application/json; charset=utf-8",
                "content-encoding",
                "gzip",
                "X-Scope-OrgID",
                "coded");
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(204);
        var proto = message(
                1,
                concat(
                        message(1, "{app=\"proto\", level=\"in\\\"fo\"}".getBytes(UTF_8)),
                        message(
                                2,
                                concat(
                                        message(1, concat(number(1, 1_700_000_000L), number(2, 123_456_789))),
                                        message(2, "a line".getBytes(UTF_8)),
                                        message(
                                                3,
                                                concat(
                                                        message(1, "trace_id".getBytes(UTF_8)),
                                                        message(2, "abc".getBytes(UTF_8))))))));
        assertThat(pushProto(snappy(proto)).statusCode()).isEqualTo(204);
        assertThat(found(range("coded", "{app=\"zip\"}", ""))).contains("zipped");
        assertThat(Json.list(range("coded", "{app=\"proto\"} | trace_id=\"abc\"", ""), "result"))
                .containsExactly(Map.of(
                        "stream",
                        Map.of("app", "proto", "level", "in\"fo", "trace_id", "abc"),
                        "values",
                        List.of(List.of("1700000000123456789", "a line"))));
        assertThat(range("coded", "{app=\"proto\"} | trace_id=\"abd\"", "").get("result"))
                .isEqualTo(List.of());
        for (int cut = 0; cut < proto.length; cut++) {
            var broken = pushProto(snappy(java.util.Arrays.copyOf(proto, cut)));
            assertThat(broken.statusCode()).as("cut=" + cut).isIn(204, 400);
        }
        assertThat(pushProto(proto).statusCode()).isEqualTo(400);
        assertThat(pushProto(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 1})
                        .statusCode())
                .isEqualTo(413);
        assertThat(pushProto(snappy(message(1, message(1, new byte[] {(byte) 0xc3, 0x28}))))
                        .body())
                .contains("not UTF-8");
    }

    private static HttpResponse<String> pushProto(byte[] body) {
        return node.send(
                "POST",
                PUSH,
                BodyPublishers.ofByteArray(body),
                "content-type",
                "application/x-protobuf",
                "X-Scope-OrgID",
                "coded");
    }

    private static byte[] snappy(byte[] plain) {
        var out = Unpooled.buffer();
        new Snappy().encode(Unpooled.wrappedBuffer(plain), out, plain.length);
        var bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static byte[] message(int field, byte[] content) {
        return concat(new byte[] {(byte) (field << 3 | 2)}, varint(content.length), content);
    }

    private static byte[] number(int field, long value) {
        return concat(new byte[] {(byte) (field << 3)}, varint(value));
    }

    private static byte[] varint(long value) {
        var out = new ByteArrayOutputStream();
        long rest = value;
        while (rest > 127) {
            out.write((int) ((rest & 127) | 128));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void whatCannotBePushedIsRefusedAndWritesNothing() {
        var good = stream("{\"app\":\"good\"}", 1, "fine");
        var wrong = Map.ofEntries(
                Map.entry("", "wanted"),
                Map.entry("{", "broken JSON"),
                Map.entry("[]", "a JSON object is wanted"),
                Map.entry("{}", "no streams"),
                Map.entry("{\"streams\":{}}", "streams must be an array"),
                Map.entry("{\"streams\":[" + good + ",{\"values\":[]}]}", "without labels"),
                Map.entry("{\"streams\":[" + good + "," + stream("{}", 1, "x") + "]}", "at least one label"),
                Map.entry("{\"streams\":[" + good + "," + stream("{\"a-b\":\"x\"}", 1, "x") + "]}", "'a-b'"),
                Map.entry("{\"streams\":[" + good + "," + stream("{\"a\":5}", 1, "x") + "]}", "must be a string"),
                Map.entry(
                        "{\"streams\":[" + good + ",{\"stream\":{\"a\":\"b\"},\"values\":[[5,\"x\"]]}]}",
                        "string of nano"),
                Map.entry("{\"streams\":[" + good + ",{\"stream\":{\"a\":\"b\"},\"values\":[[\"x\",\"y\"]]}]}", "'x'"),
                Map.entry(
                        "{\"streams\":[" + good + ",{\"stream\":{\"a\":\"b\"},\"values\":[[\"1\",2]]}]}",
                        "must be a string"),
                Map.entry(
                        "{\"streams\":[" + good + ",{\"stream\":{\"a\":\"b\"},\"values\":[[\"1\",\"\\ud800\"]]}]}",
                        "surrogate"),
                Map.entry(
                        "{\"streams\":[" + good + "," + stream("{\"a\":\"b\"}", 1, "x".repeat(300_000)) + "]}",
                        "max entry size '262144' bytes exceeded for stream '{a=\"b\"}'"),
                Map.entry(
                        "{\"streams\":[" + good + "," + stream("{\"a\":\"" + "v".repeat(3000) + "\"}", 1, "x") + "]}",
                        "label value too long"));
        wrong.forEach((body, message) -> {
            var refused = node.json("POST", PUSH, body, "X-Scope-OrgID", "refused");
            assertThat(refused.statusCode()).as(message).isEqualTo(400);
            assertThat(refused.body()).contains(message);
            assertThat(refused.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
        });
        assertThat(range("refused", "{app=\"good\"}", "").get("result")).isEqualTo(List.of());
        var invalid = node.post(PUSH, "application/json", new byte[] {'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'});
        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(node.post(PUSH, "text/csv", "a,b").statusCode()).isEqualTo(415);
        assertThat(node.json("POST", PUSH, "{}", "content-encoding", "br").statusCode())
                .isEqualTo(415);
        assertThat(node.json("POST", PUSH, "{}", "content-encoding", "gzip").statusCode())
                .isEqualTo(400);
        assertThat(node.json("POST", PUSH, "{\"streams\":[]}", "X-Scope-OrgID", "a|b")
                        .body())
                .contains("bad tenant");
        assertThat(node.json("POST", PUSH, " ".repeat(17 << 20)).statusCode()).isEqualTo(413);
    }

    @Test
    void labelsMayComeAfterTheValues() {
        var streams =
                "{\"streams\":[{\"values\":[[\"" + T + "\",\"x\",{\"k\":\"v\"}]],\"stream\":{\"app\":\"late\"}}]}";
        assertThat(node.json("POST", PUSH, streams, "X-Scope-OrgID", "late").statusCode())
                .isEqualTo(204);
        assertThat(found(range("late", "{app=\"late\"} | k=\"v\"", ""))).contains("k=v");
    }

    @Test
    void streamsAreListedAcrossHomes() {
        push("lists", stream("{\"app\":\"a\",\"env\":\"prod\"}", 1, "x"), stream("{\"app\":\"b\"}", 2, "error y"));
        archive("lists");
        push("lists", stream("{\"app\":\"c\",\"env\":\"dev\"}", 3, "error z"));
        var span = "start=" + T + "&end=" + (T + 1_000_000_000);
        for (int i = 0; i < 2; i++) {
            assertThat(Json.object(get("lists", "labels?" + span).body()))
                    .containsEntry("status", "success")
                    .containsEntry("data", List.of("app", "env"));
            assertThat(Json.object(get("lists", "label/app/values?" + span).body()))
                    .containsEntry("data", List.of("a", "b", "c"));
        }
        assertThat(Json.object(get("lists", "label/app/values?" + span + "&query=" + enc("{env=\"dev\"}"))
                        .body()))
                .containsEntry("data", List.of("c"));
        assertThat(Json.object(get("lists", "labels?start=1&end=2").body())).containsEntry("data", List.of());
        var series = get(
                "lists",
                "series?" + span + "&match[]=" + enc("{app=~\"a|b\"}") + "&match%5B%5D=" + enc("{env=\"dev\"}"));
        assertThat(Json.object(series.body()).get("data"))
                .isEqualTo(List.of(
                        Map.of("app", "a", "env", "prod"), Map.of("app", "b"), Map.of("app", "c", "env", "dev")));
        assertThat(Json.object(get("lists", "index/stats?" + span + "&query=" + enc("{app=~\"b|c\"}"))
                        .body()))
                .isEqualTo(Map.of("streams", 2L, "chunks", 2L, "entries", 2L, "bytes", 14L));
        assertThat(found(data(get("lists", "index/volume?" + span + "&query=" + enc("{app=~\".+\"}")))))
                .contains("app=b", "7");
        assertThat(get("lists", "detected_labels?" + span).body()).contains("{\"label\":\"app\",\"cardinality\":3}");
        assertThat(Json.object(get("nothing-pushed", "labels").body())).containsEntry("data", List.of());
    }

    @Test
    void segmentsWithoutTheWordOrTheStreamAreNotRead() {
        int rows = 100;
        for (int i = 0; i < 3; i++) {
            var values = new Object[rows * 2];
            for (int row = 0; row < rows; row++) {
                values[row * 2] = i * rows + row;
                values[row * 2 + 1] = "line " + row + " with word" + i + " and more";
            }
            push("pruned", stream("{\"app\":\"a" + i + "\"}", values));
            archive("pruned");
        }
        var found = range("pruned", "{app=~\"a.*\"} |= \"ord1 an\"", "");
        assertThat(found(found)).contains("word1");
        assertThat(Json.member(Json.member(found, "stats"), "sherd"))
                .containsEntry("segments", 3L)
                .containsEntry("pruned", 2L)
                .containsEntry("archived_rows", (long) rows);
        assertThat(Json.member(Json.member(range("pruned", "{app=\"a2\"}", ""), "stats"), "sherd"))
                .containsEntry("pruned", 2L);
    }

    @Test
    void fieldsAreDetected() {
        push("fields", stream("{\"app\":\"x\"}", 1, "{\"status\":200,\"path\":\"/a\"}", 2, "took=5ms ok=1.5"));
        var fields = Json.object(
                get("fields", "detected_fields?query=" + enc("{app=\"x\"}") + "&start=" + T + "&end=" + (T + 10))
                        .body());
        assertThat(Json.text(fields, "fields"))
                .contains("label=status, type=int", "label=ok, type=float", "label=took, type=string");
    }

    @Test
    void instantQueriesGiveVectorsAndScalars() {
        push(
                "instant",
                stream("{\"app\":\"a\",\"host\":\"1\"}", 0, "xx", 1_000_000_000, "yyy"),
                stream("{\"app\":\"a\",\"host\":\"2\"}", 0, "z"),
                stream("{\"app\":\"b\",\"host\":\"1\"}", 0, "took=1500ms size=2KB n=4"));
        assertThat(instant("instant", "vector(1)+vector(1)", 5).get("result"))
                .isEqualTo(List.of(Map.of("metric", Map.of(), "value", List.of(1_700_000_005L, "2"))));
        assertThat(instant("instant", "1 + 2 * 3", 5))
                .containsEntry("resultType", "scalar")
                .containsEntry("result", List.of(1_700_000_005L, "7"));
        var expected = Map.ofEntries(
                Map.entry("count_over_time({app=\"a\"}[10s])", "{app=a, host=1}=2 {app=a, host=2}=1"),
                Map.entry("sum by (app) (count_over_time({app=~\".+\"}[10s]))", "{app=a}=3 {app=b}=1"),
                Map.entry("sum without (host) (bytes_over_time({app=\"a\"}[10s]))", "{app=a}=6"),
                Map.entry("sum(rate({app=\"a\"}[10s]))", "{}=0.3"),
                Map.entry("count_over_time({app=\"a\"}[5s])", "{app=a, host=1}=1"),
                Map.entry("count_over_time({app=\"a\"}[5s] offset 1s)", "{app=a, host=1}=2 {app=a, host=2}=1"),
                Map.entry("topk(1, count_over_time({app=\"a\"}[10s]))", "{app=a, host=1}=2"),
                Map.entry("bottomk(1, count_over_time({app=\"a\"}[10s]))", "{app=a, host=2}=1"),
                Map.entry("sort_desc(count_over_time({app=\"a\"}[10s]))", "{app=a, host=1}=2 {app=a, host=2}=1"),
                Map.entry("count_over_time({app=\"a\"}[10s]) > 1", "{app=a, host=1}=2"),
                Map.entry("count_over_time({app=\"a\"}[10s]) > bool 1", "{app=a, host=1}=1 {app=a, host=2}=0"),
                Map.entry("avg(count_over_time({app=\"a\"}[10s])) * 2", "{}=3"),
                Map.entry("min(count_over_time({app=\"a\"}[10s])) + max(count_over_time({app=\"a\"}[10s]))", "{}=3"),
                Map.entry("stddev(count_over_time({app=\"a\"}[10s]))", "{}=0.5"),
                Map.entry("sum(count_over_time({app=\"c\"}[10s])) or vector(0)", "{}=0"),
                Map.entry("absent_over_time({app=\"c\"}[10s])", "{app=c}=1"),
                Map.entry("absent_over_time({app=\"a\"}[10s])", ""),
                Map.entry(
                        "sum by (host) (count_over_time({app=\"a\"}[10s])) / sum by (host) (count_over_time({app=\"b\"}[10s]))",
                        "{host=1}=2"),
                Map.entry(
                        "count_over_time({app=\"a\"}[10s]) and on (host) count_over_time({app=\"b\"}[10s])",
                        "{app=a, host=1}=2"),
                Map.entry("1 / vector(0)", "{}=NaN"),
                Map.entry(
                        "sum_over_time({app=\"b\"} | logfmt | unwrap n [10s])",
                        "{app=b, host=1, size=2KB, took=1500ms}=4"),
                Map.entry("max_over_time({app=\"b\"} | logfmt | unwrap duration(took) [10s]) by (app)", "{app=b}=1.5"),
                Map.entry("sum(rate({app=\"b\"} | logfmt | unwrap bytes(size) [10s]))", "{}=200"));
        expected.forEach((query, wanted) -> {
            var shown = new StringBuilder();
            for (var row : Json.list(instant("instant", query, 5), "result")) {
                var metric = new java.util.TreeMap<String, Object>(Json.member(row, "metric"));
                shown.append(shown.isEmpty() ? "" : " ")
                        .append(metric)
                        .append('=')
                        .append(((List<?>) java.util.Objects.requireNonNull(row.get("value"))).get(1));
            }
            assertThat(shown.toString()).as(query).isEqualTo(wanted);
        });
    }

    @Test
    void rangeQueriesGiveMatrices() {
        push("matrix", stream("{\"app\":\"a\"}", 0, "x", 60_000_000_000L, "x", 61_000_000_000L, "x"));
        var matrix = range("matrix", "count_over_time({app=\"a\"}[1m])", "").get("result");
        assertThat(matrix).asString().contains("1700000000");
        var answer = data(get(
                "matrix",
                "query_range?query=" + enc("count_over_time({app=\"a\"}[1m])")
                        + "&start=1700000000&end=1700000120&step=30"));
        assertThat(answer).containsEntry("resultType", "matrix");
        assertThat(Json.list(answer, "result"))
                .containsExactly(Map.of(
                        "metric",
                        Map.of("app", "a"),
                        "values",
                        List.of(
                                List.of(1_700_000_000L, "1"),
                                List.of(1_700_000_030L, "1"),
                                List.of(1_700_000_060L, "1"),
                                List.of(1_700_000_090L, "2"),
                                List.of(1_700_000_120L, "1"))));
        assertThat(found(data(get("matrix", "query_range?query=1%2B1&start=1700000000&end=1700000001&step=0.5"))))
                .contains("[1700000000, 2], [1.7000000005E9, 2], [1700000001, 2]");
    }

    @Test
    void wrongQuestionsAreRefusedInWords() {
        push("asked", stream("{\"app\":\"a\"}", 0, "not json"));
        var wrong = Map.ofEntries(
                Map.entry("query_range", "'query' is missing"),
                Map.entry("query_range?query=" + enc("{app=}"), "parse error at line 1, col 6"),
                Map.entry("query_range?query=" + enc("{app=\"a\"}") + "&limit=9999", "max entries limit"),
                Map.entry("query_range?query=" + enc("{app=\"a\"}") + "&limit=x", "limit='x'"),
                Map.entry("query_range?query=" + enc("{app=\"a\"}") + "&direction=up", "invalid direction 'up'"),
                Map.entry("query_range?query=" + enc("{app=\"a\"}") + "&start=yesterday", "'start'"),
                Map.entry("query_range?query=" + enc("{app=\"a\"}") + "&start=5&end=4", "end timestamp"),
                Map.entry("query_range?query=1&start=1&end=1700000000&step=1", "exceeded maximum resolution"),
                Map.entry("query_range?query=1&step=0", "zero or negative"),
                Map.entry("query_range?query=1&start=-" + Long.MAX_VALUE + "&end=" + Long.MAX_VALUE, "too long"),
                Map.entry("query?query=" + enc("{app=\"a\"}"), "log queries are not supported as an instant query"),
                Map.entry(
                        "query?time=" + T + "&query=" + enc("count_over_time({app=\"a\"} | json [1m])"),
                        "pipeline error: 'JSONParserErr'"),
                Map.entry("query?query=" + enc("vector(1) and 2"), "joins series only"),
                Map.entry("query?query=1&clusters=mars", "unknown cluster: clusters='mars'"),
                Map.entry("series?match[]=" + enc("{a="), "parse error"),
                Map.entry("label/app/values?query=" + enc("{a=\"b\"} |"), "parse error"));
        wrong.forEach((path, message) -> {
            var refused = get("asked", path);
            assertThat(refused.statusCode()).as(path + " " + refused.body()).isEqualTo(400);
            assertThat(refused.body()).as(path).contains(message);
        });
        assertThat(node.json("POST", "/loki/api/v1/query", "{}").statusCode()).isEqualTo(415);
        assertThat(get("a|b", "labels").body()).contains("one at a time");
        node.create("loki/plain", "{\"kind\":\"log\"}");
        assertThat(get("plain", "labels").body()).contains("not a table of pushed streams");
    }

    @Test
    void rowsThatWereAppendedOtherwiseDoNotBreakQueries() {
        push("odd", stream("{\"app\":\"x\"}", 1, "fine"));
        var appended = node.post("/api/v1/tables/loki/odd/rows", "application/x-ndjson", """
                {"ts":1700000000000}
                {"ts":1700000000000,"labels":[1],"metadata":5,"line":"y"}
                {"ts":250000000000000,"labels":{"app":"x"},"line":"far"}
                """);
        assertThat(appended.statusCode()).as(appended.body()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(found(range("odd", "{app=\"x\"}", ""))).contains("fine").doesNotContain("far");
            assertThat(found(instant("odd", "sum(count_over_time({app=~\".+\"}[1m]))", 5)))
                    .contains(", 1]");
            assertThat(get("odd", "query_range?query=" + enc("{app=\"x\"}") + "&start=1&end=" + Long.MAX_VALUE)
                            .body())
                    .contains("fine");
            archive("odd");
        }
    }

    @Test
    void clientsLearnWhatThisIs() {
        assertThat(Json.object(node.get("/loki/api/v1/status/buildinfo").body()))
                .containsKey("version");
        assertThat(node.get("/ready").body()).isEqualTo("ready\n");
    }

    @Test
    void pushedRowsAreFoundBySearchToo() {
        push("searched", stream("{\"app\":\"shop\"}", 0, "a rare needle"));
        var found = Json.object(
                node.get("/api/v1/tables/loki/searched/search?q=needle").body());
        assertThat(Json.list(found, "hits").getFirst())
                .containsEntry("line", "a rare needle")
                .containsEntry("labels", Map.of("app", "shop"));
    }
}
