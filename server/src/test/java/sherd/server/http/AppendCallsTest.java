package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AppendCallsTest extends EveryVersion {
    private static final String RECORD = "{\"kind\":\"record\",\"key\":[\"id\"],\"columns\":["
            + "{\"name\":\"id\",\"type\":\"int64\"},{\"name\":\"text\",\"type\":\"string\"}]}";

    private static String rows(String table) {
        return "/api/v1/tables/append/" + table + "/rows";
    }

    /** Lines of a log table, oldest first. */
    private static List<String> lines(String table) {
        var found = Json.object(node.get("/api/v1/tables/append/" + table + "/search?limit=10000")
                .body());
        var lines = new ArrayList<String>();
        for (var hit : Json.list(found, "hits")) {
            lines.addFirst(String.valueOf(hit.get("line")));
        }
        return lines;
    }

    @Test
    void textIsCutAtLineFeedsOnlyAndKeptByteForByte() {
        node.create("append/text", "{\"kind\":\"log\"}");
        var reply = node.post(rows("text"), "text/plain", "one\r\nt\rwo\n\n caf\u00e9 \nlast");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"rows\":5}");
        assertThat(lines("text")).containsExactly("one\r", "t\rwo", "", " caf\u00e9 ", "last");
        assertThat(node.post(rows("text"), "text/plain", "").body()).isEqualTo("{\"rows\":0}");
    }

    @Test
    void linesSurviveAnyCutOfTheStream() {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        System.err.println("AppendCallsTest: -Dsherd.test.seed=" + seed);
        var random = new Random(seed);
        node.create("append/cuts", "{\"kind\":\"log\"}");
        var wanted = new ArrayList<String>();
        var body = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            var line = "\u00fcx".repeat(random.nextInt(i % 50 == 0 ? 100_000 : 100)) + i;
            wanted.add(line);
            body.writeBytes((line + (i < 299 ? "\n" : "")).getBytes(StandardCharsets.UTF_8));
        }
        var stream = new ByteArrayInputStream(body.toByteArray()) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(5000)));
            }
        };
        var reply = node.send(
                "POST", rows("cuts"), BodyPublishers.ofInputStream(() -> stream), "content-type", "text/plain");
        assertThat(reply.body()).isEqualTo("{\"rows\":300}");
        assertThat(lines("cuts")).isEqualTo(wanted);
    }

    @Test
    void aLineThatIsNotUtf8IsNamedAndNothingIsWritten() {
        node.create("append/bad", "{\"kind\":\"log\"}");
        var bad = List.of(
                new byte[] {'a', (byte) 0xC3}, new byte[] {'a', (byte) 0xC0, (byte) 0x80},
                new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}, new byte[] {'a', (byte) 0xF5, 0, 0, 0});
        for (var line : bad) {
            var body = new ByteArrayOutputStream();
            body.writeBytes("good\n\u00e9good\n\u00e9".getBytes(StandardCharsets.UTF_8));
            body.writeBytes(line);
            body.writeBytes("\ngood\n".getBytes(StandardCharsets.UTF_8));
            var reply = node.post(rows("bad"), "text/plain; charset=utf-8", body.toByteArray());
            assertThat(reply.statusCode()).isEqualTo(400);
            var problem = HttpNode.problem(reply);
            assertThat(problem).containsEntry("line", 3L).containsEntry("code", "INVALID_TEXT");
            assertThat(Json.text(problem, "detail")).startsWith("line 3: ").contains("column=3");
        }
        assertThat(lines("bad")).isEmpty();
    }

    @Test
    void ndjsonThatIsNotTextIsNamedAndNothingIsWritten() {
        node.create("append/texts", RECORD);
        for (var bad : List.of("\u00ff", "\u00c0\u0080", "\\ud800", "\u0001")) {
            var body = "{\"id\":1,\"text\":\"good\"}\n{\"id\":2,\"text\":\"" + bad + "\"}\n";
            var reply = node.post(rows("texts"), "application/x-ndjson", body.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
            assertThat(HttpNode.problem(reply)).containsEntry("line", 2L).containsEntry("code", "INVALID_TEXT");
            assertThat(node.get(rows("texts") + "/1").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void ndjsonMakesLogRowsWithColumns() {
        node.create(
                "append/events",
                "{\"kind\":\"log\",\"time\":\"at\",\"columns\":["
                        + "{\"name\":\"at\",\"type\":\"timestamp\"},{\"name\":\"level\",\"type\":\"string\"},"
                        + "{\"name\":\"code\",\"type\":\"int32\"}]}");
        var reply = node.post(
                rows("events"),
                "application/x-ndjson",
                "{\"at\":\"2026-01-01T00:00:00Z\",\"level\":\"info\",\"code\":1}\r\n\n  \n{\"at\":5,\"level\":\"warn\"}\n{\"level\":\"now\"}");
        assertThat(reply.body()).isEqualTo("{\"rows\":3}");
        var found = Json.object(node.get("/api/v1/tables/append/events/search?to=2026-01-02T00:00:00Z")
                .body());
        var hits = Json.list(found, "hits");
        assertThat(hits).hasSize(2);
        assertThat(hits.getFirst())
                .containsEntry("ts", "2026-01-01T00:00:00.000Z")
                .containsEntry("level", "info")
                .containsEntry("code", 1L)
                .doesNotContainKey("at");
        assertThat(hits.getLast())
                .containsEntry("ts", "1970-01-01T00:00:00.005Z")
                .containsEntry("code", "null");
        assertThat(node.post(rows("events"), "text/plain", "a line").body()).isEqualTo("{\"rows\":1}");
    }

    @Test
    void ndjsonWritesRecordsAllOrNone() {
        node.create("append/records", RECORD);
        var written = node.post(
                rows("records"),
                "application/x-ndjson",
                "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n{\"id\":1,\"text\":\"c\"}\n");
        assertThat(written.body()).isEqualTo("{\"rows\":3}");
        assertThat(node.get(rows("records") + "/1").body()).isEqualTo("{\"id\":1,\"text\":\"c\"}");
        for (var bad :
                List.of("{\"text\":\"no key\"}", "{\"id\":3,\"other\":1}", "{\"id\":\"3\"}", "[]", "{", "{} {}")) {
            var reply = node.post(
                    rows("records"),
                    "application/x-ndjson",
                    "{\"id\":1,\"text\":\"d\"}\n{\"id\":9,\"text\":\"new\"}\n" + bad + "\n{\"id\":10}\n");
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
            assertThat(HttpNode.problem(reply)).as(bad).containsEntry("line", 3L);
        }
        assertThat(node.get(rows("records") + "/1").body()).isEqualTo("{\"id\":1,\"text\":\"c\"}");
        assertThat(node.get(rows("records") + "/9").statusCode()).isEqualTo(404);
    }

    @Test
    void manyRowsTakeTheWayOfAWorkerAndAreThereAfterwards() {
        node.create("append/many", RECORD);
        var body = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            body.append("{\"id\":")
                    .append(i)
                    .append(",\"text\":\"")
                    .append("x".repeat(i % 50))
                    .append(i)
                    .append("\"}\n");
        }
        assertThat(node.post(rows("many"), "application/x-ndjson", body.toString())
                        .body())
                .isEqualTo("{\"rows\":20000}");
        var status = Json.object(node.get("/api/v1/tables/append/many").body());
        assertThat(Json.member(status, "rows")).containsEntry("hot", 20_000L);
        assertThat(node.get(rows("many") + "/19999").body()).contains("19999");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhileItComes() {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 20, 100, 60_000, 60_000);
        try (var small = new HttpNode(limits)) {
            small.create("append/text", "{\"kind\":\"log\"}");
            var body = "0123456789\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
            var announced = small.post(rows("text"), "text/plain", body);
            assertThat(announced.statusCode()).isEqualTo(413);
            assertThat(Json.text(HttpNode.problem(announced), "detail")).contains("limit_bytes=1048576");
            var found =
                    Json.object(small.get("/api/v1/tables/append/text/search").body());
            assertThat(found).containsEntry("total", 0L);
        }
    }

    @Test
    void typesAndTablesThatDoNotFitAreRefused() {
        node.create("append/fit", RECORD);
        assertThat(node.post(rows("fit"), "text/plain", "line").statusCode()).isEqualTo(415);
        assertThat(node.post(rows("fit"), "application/json", "{\"id\":1}").statusCode())
                .isEqualTo(415);
        assertThat(node.post(rows("none"), "text/plain", "line").statusCode()).isEqualTo(404);
        assertThat(node.post("/api/v1/tables/default/kv/rows", "application/x-ndjson", "{}")
                        .statusCode())
                .isEqualTo(400);
        node.create(
                "append/numbers",
                "{\"kind\":\"log\",\"columns\":[{\"name\":\"ts\",\"type\":\"timestamp\"},"
                        + "{\"name\":\"n\",\"type\":\"int64\"}]}");
        assertThat(node.post(rows("numbers"), "text/plain", "line").statusCode())
                .isEqualTo(400);
        assertThat(node.post(rows("numbers") + "?time=x", "text/plain", "line").statusCode())
                .isEqualTo(400);
    }

    @Test
    void searchTakesTimesLimitsAndRefusesNonsense() {
        node.create("append/search", "{\"kind\":\"log\"}");
        node.post(rows("search"), "text/plain", "alpha one\nbeta two\nalpha three");
        var path = "/api/v1/tables/append/search/search?q=";
        var found = Json.object(
                node.get(path + "alpha&from=now-1h&to=now%2B1h&limit=1").body());
        assertThat(found).containsEntry("total", 2L).containsKeys("took_us", "stats");
        assertThat(Json.list(found, "hits")).hasSize(1);
        assertThat(Json.list(found, "hits").getFirst())
                .containsEntry("line", "alpha three")
                .containsKeys("ts", "segment", "row");
        assertThat(Json.list(Json.object(node.get(path + "alpha&to=now-1h").body()), "hits"))
                .isEmpty();
        for (var bad : List.of(
                "a&limit=10001",
                "a&limit=-1",
                "a&from=yesterday",
                "a&from=2&to=1",
                "a&explain=maybe",
                "a&lmit=1",
                "a&q=b",
                "%zz")) {
            assertThat(raw(path + bad)).as(bad).isEqualTo(400);
        }
    }

    /** The status of a request whose path java.net.URI might not let through. */
    private static int raw(String path) {
        try (var connection = node.connect()) {
            return connection
                    .send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n")
                    .read()
                    .status();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void archivedRowsAreFoundLikeHotOnes() {
        node.create("append/old", "{\"kind\":\"log\"}");
        node.post(rows("old"), "text/plain", "first needle\nhay");
        var made = node.json("POST", "/api/v1/tables/append/old/archive", "{\"older_than\":\"0s\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        var segments = Json.list(Json.object(made.body()), "segments");
        assertThat(segments).hasSize(1);
        node.post(rows("old"), "text/plain", "second needle");
        var query = URLEncoder.encode("\"needle\"", StandardCharsets.UTF_8);
        var found = Json.object(
                node.get("/api/v1/tables/append/old/search?q=" + query).body());
        var hits = Json.list(found, "hits");
        assertThat(hits).extracting(hit -> hit.get("line")).containsExactly("second needle", "first needle");
        assertThat(hits)
                .extracting(hit -> hit.get("segment"))
                .containsExactly("null", segments.getFirst().get("id"));
        var explained = Json.object(node.get("/api/v1/tables/append/old/search?explain=true&q=" + query)
                .body());
        assertThat(String.valueOf(explained.get("explain")))
                .contains(
                        "step=parse",
                        "step=prune, took_us=",
                        "segments=1, pruned=0, by_time=0, by_words=0, scanned=0",
                        "step=memory",
                        "step=rows")
                .contains("plan=index", "needle: 1 rows, row", "candidates=1, certain=1, verified=0");
        assertThat(node.json("POST", "/api/v1/tables/append/old/archive", "{\"older_than\":\"soon\"}")
                        .statusCode())
                .isEqualTo(400);
    }
}
