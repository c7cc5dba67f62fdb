package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

class RowCallsTest extends EveryVersion {
    private static final String ALL = "/api/v1/tables/default/alltypes/rows/";
    private static final String PAIRS = "/api/v1/tables/default/pairs/rows/";
    private static final String PLAIN = "/api/v1/tables/default/kv/rows/";

    @BeforeParameterizedClassInvocation
    static void create() {
        node.create(
                "default/alltypes",
                "{\"kind\":\"record\",\"key\":[\"id\"],\"columns\":["
                        + "{\"name\":\"id\",\"type\":\"int64\"},{\"name\":\"i32\",\"type\":\"int32\"},"
                        + "{\"name\":\"f64\",\"type\":\"float64\"},{\"name\":\"f32\",\"type\":\"float32\"},"
                        + "{\"name\":\"flag\",\"type\":\"bool\"},{\"name\":\"at\",\"type\":\"timestamp\"},"
                        + "{\"name\":\"text\",\"type\":\"string\"},{\"name\":\"raw\",\"type\":\"bytes\"},"
                        + "{\"name\":\"doc\",\"type\":\"json\"}]}");
        node.create(
                "default/pairs",
                "{\"kind\":\"record\",\"key\":[\"user\",\"region\"],\"columns\":["
                        + "{\"name\":\"user\",\"type\":\"string\"},{\"name\":\"region\",\"type\":\"string\"},"
                        + "{\"name\":\"n\",\"type\":\"int64\"}]}");
    }

    private static String etag(HttpResponse<String> response) {
        return response.headers().firstValue("etag").orElseThrow();
    }

    @Test
    void valuesOfEveryTypeComeBackAsDocumented() {
        var put = node.json(
                "PUT",
                ALL + "9223372036854775807",
                "{\"i32\":-2147483648,\"f64\":0.1,\"f32\":1.5,\"flag\":true,\"at\":\"2026-01-31T12:00:00.5+02:00\","
                        + "\"text\":\"h\\u00e9 \\ud83d\\ude00\\u0000\",\"raw\":\"AP/+\",\"doc\":{ \"a\" : [1.50, null] }}");
        assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        var got = node.get(ALL + "9223372036854775807");
        assertThat(got.headers().firstValue("content-type")).contains("application/json");
        assertThat(got.body())
                .isEqualTo("{\"id\":9223372036854775807,\"i32\":-2147483648,\"f64\":0.1,\"f32\":1.5,"
                        + "\"flag\":true,\"at\":\"2026-01-31T10:00:00.500Z\",\"text\":\"h\u00e9 \ud83d\ude00\\u0000\","
                        + "\"raw\":\"AP/+\",\"doc\":{ \"a\" : [1.50, null] }}");
    }

    @Test
    void columnsLeftOutAreNullAndFloatsMayBeNoNumber() {
        node.json("PUT", ALL + "2", "{\"f64\":\"NaN\",\"f32\":\"-Infinity\",\"at\":1000}");
        assertThat(node.get(ALL + "2").body())
                .isEqualTo("{\"id\":2,\"i32\":null,\"f64\":\"NaN\",\"f32\":\"-Infinity\",\"flag\":null,"
                        + "\"at\":\"1970-01-01T00:00:01.000Z\",\"text\":null,\"raw\":null,\"doc\":null}");
    }

    @Test
    void wrongValuesAreRefusedNamingTheColumn() {
        var wrong = Map.ofEntries(
                Map.entry("{\"i32\":2147483648}", "i32"),
                Map.entry("{\"id\":9223372036854775808}", "id"),
                Map.entry("{\"i32\":1.5}", "i32"),
                Map.entry("{\"i32\":\"1\"}", "i32"),
                Map.entry("{\"f64\":1e999}", "f64"),
                Map.entry("{\"f64\":\"x\"}", "f64"),
                Map.entry("{\"f32\":1e39}", "f32"),
                Map.entry("{\"flag\":1}", "flag"),
                Map.entry("{\"at\":\"yesterday\"}", "at"),
                Map.entry("{\"at\":\"2026-13-01T00:00:00Z\"}", "at"),
                Map.entry("{\"at\":9223372036854775807}", "at"),
                Map.entry("{\"text\":5}", "text"),
                Map.entry("{\"text\":\"\\ud800\"}", "text"),
                Map.entry("{\"raw\":\"*\"}", "raw"),
                Map.entry("{\"doc\":1,\"doc\":2}", "doc"),
                Map.entry("{\"nope\":1}", "nope"),
                Map.entry("{\"id\":null}", "id"),
                Map.entry("{\"id\":4}", "id"));
        wrong.forEach((body, column) -> {
            var response = node.json("PUT", ALL + "3", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(Json.text(HttpNode.problem(response), "detail"))
                    .as(body)
                    .containsPattern("\\b" + column + "\\b");
        });
        assertThat(node.get(ALL + "3").statusCode()).isEqualTo(404);
        assertThat(node.json("PUT", ALL + "notanumber", "{}").statusCode()).isEqualTo(400);
        assertThat(node.json("PUT", ALL + "1,2", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aKeyIsTheSameHoweverItIsWritten() {
        node.json("PUT", ALL + "0042", "{\"i32\":1}");
        assertThat(node.get(ALL + "42").body()).startsWith("{\"id\":42,");
    }

    @Test
    void partsOfACompositeKeyAreEncodedEachOnItsOwn() {
        var keys = List.of("a,b", "a%2Cb,c", "a,b%2Cc", "%25,%2C", "%C3%A9%20x,%2F", "a%252Cb,c");
        for (int i = 0; i < keys.size(); i++) {
            assertThat(node.json("PUT", PAIRS + keys.get(i), "{\"n\":" + i + "}")
                            .statusCode())
                    .isEqualTo(201);
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(Json.object(node.get(PAIRS + keys.get(i)).body())).containsEntry("n", (long) i);
        }
        assertThat(Json.object(node.get(PAIRS + "%C3%A9%20x,%2F").body()))
                .containsEntry("user", "\u00e9 x")
                .containsEntry("region", "/");
        assertThat(node.get(PAIRS + "a").statusCode()).isEqualTo(400);
        assertThat(node.get(PAIRS + "a,b,c").statusCode()).isEqualTo(400);
        assertThat(node.get(PAIRS + "a,%FF").statusCode()).isEqualTo(400);
    }

    @Test
    void aStaleWriterIsShownTheCurrentRow() {
        var first = node.json("PUT", PAIRS + "stale,x", "{\"n\":1}");
        var second = node.json("PUT", PAIRS + "stale,x", "{\"n\":2}", "If-Match", etag(first));
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(etag(second)).isNotEqualTo(etag(first));
        for (var method : List.of("PUT", "PATCH")) {
            var refused = node.json(method, PAIRS + "stale,x", "{\"n\":3}", "If-Match", etag(first));
            assertThat(refused.statusCode()).isEqualTo(412);
            assertThat(etag(refused)).isEqualTo(etag(second));
            var problem = HttpNode.problem(refused);
            assertThat(problem).containsEntry("code", "CONFLICT");
            assertThat(Json.member(problem, "row")).containsEntry("n", 2L);
        }
        assertThat(node.delete(PAIRS + "stale,x", "If-Match", etag(first)).statusCode())
                .isEqualTo(412);
        assertThat(node.delete(PAIRS + "stale,x", "If-Match", etag(second)).statusCode())
                .isEqualTo(204);
        var gone = node.json("PUT", PAIRS + "stale,x", "{\"n\":3}", "If-Match", etag(second));
        assertThat(gone.statusCode()).isEqualTo(412);
        assertThat(HttpNode.problem(gone)).containsEntry("row", "null");
    }

    @Test
    void conditionsAreReadAsHttpDefinesThem() {
        var path = PAIRS + "conditions,x";
        assertThat(node.json("PUT", path, "{\"n\":1}", "If-Match", "*").statusCode())
                .isEqualTo(412);
        var made = node.json("PUT", path, "{\"n\":1}", "If-None-Match", "*");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(node.json("PUT", path, "{\"n\":2}", "If-None-Match", "*").statusCode())
                .isEqualTo(412);
        assertThat(node.json("PUT", path, "{\"n\":2}", "If-Match", "\"7:7,9:9\", \"nonsense\", " + etag(made))
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.json("PUT", path, "{\"n\":3}", "If-Match", "*").statusCode())
                .isEqualTo(200);
        var now = etag(node.get(path));
        assertThat(node.json("PUT", path, "{\"n\":4}", "If-Match", "W/" + now).statusCode())
                .isEqualTo(412);
        assertThat(node.json("PUT", path, "{\"n\":4}", "If-Match", "0:1").statusCode())
                .isEqualTo(400);
        assertThat(node.get(path, "If-None-Match", now).statusCode()).isEqualTo(304);
        assertThat(node.get(path, "If-None-Match", "W/" + now).statusCode()).isEqualTo(304);
        assertThat(node.get(path, "If-None-Match", "\"7:7\"").statusCode()).isEqualTo(200);
    }

    @Test
    void aPatchSetsOnlyWhatItNames() {
        node.json("PUT", ALL + "50", "{\"i32\":1,\"text\":\"t\",\"doc\":[1]}");
        assertThat(node.json("PATCH", ALL + "50", "{\"i32\":2,\"text\":null}").statusCode())
                .isEqualTo(200);
        assertThat(Json.object(node.get(ALL + "50").body()))
                .containsEntry("i32", 2L)
                .containsEntry("text", "null")
                .containsEntry("doc", List.of(1L));
        assertThat(node.json("PATCH", ALL + "51", "{\"i32\":2}").statusCode()).isEqualTo(404);
    }

    @Test
    void rowsThatAreNotThereAndTablesThatCannotHaveThem() {
        assertThat(node.get(ALL + "404").statusCode()).isEqualTo(404);
        assertThat(node.delete(ALL + "404").statusCode()).isEqualTo(404);
        assertThat(HttpNode.problem(node.get("/api/v1/tables/default/none/rows/1")))
                .containsEntry("code", "UNKNOWN_TABLE");
        assertThat(node.get("/api/v1/tables/default/b%20d/rows/1").statusCode()).isEqualTo(400);
        node.create("default/lines", "{\"kind\":\"log\"}");
        assertThat(node.get("/api/v1/tables/default/lines/rows/1").statusCode()).isEqualTo(400);
    }

    @Test
    void plainKeysHoldTextOrBytes() {
        assertThat(node.json("PUT", PLAIN + "greeting", "{\"value\":\"h\u00e9\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(node.get(PLAIN + "greeting").body()).isEqualTo("{\"value\":\"h\u00e9\"}");
        var bytes = new byte[] {0, (byte) 0xFF, '\n'};
        var put = node.send(
                "PUT", PLAIN + "%00%FF", BodyPublishers.ofByteArray(bytes), "content-type", "application/octet-stream");
        assertThat(put.statusCode()).isEqualTo(201);
        assertThat(node.get(PLAIN + "%00%FF").body()).isEqualTo("{\"value\":{\"base64\":\"AP8K\"}}");
        node.json("PUT", PLAIN + "copy", "{\"value\":{\"base64\":\"AP8K\"}}");
        assertThat(node.get(PLAIN + "copy").body()).isEqualTo("{\"value\":{\"base64\":\"AP8K\"}}");
        var raw = node.get(PLAIN + "greeting", "accept", "application/octet-stream");
        assertThat(raw.body()).isEqualTo("h\u00e9");
        assertThat(raw.headers().firstValue("content-type")).contains("application/octet-stream");
        assertThat(node.delete(PLAIN + "copy").statusCode()).isEqualTo(204);
        assertThat(node.json("PUT", PLAIN + "x", "{}").statusCode()).isEqualTo(400);
        assertThat(node.json("PUT", PLAIN + "x", "{\"value\":1}").statusCode()).isEqualTo(400);
        assertThat(node.json("PUT", PLAIN + "a,b", "{\"value\":\"1\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void plainKeysMayBeHashes() {
        assertThat(node.json("PATCH", PLAIN + "hash", "{\"fields\":{\"a\":\"1\",\"b\":\"2\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(node.json("PATCH", PLAIN + "hash", "{\"fields\":{\"a\":null,\"c\":\"3\"}}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(Json.object(node.get(PLAIN + "hash").body())).containsEntry("fields", Map.of("b", "2", "c", "3"));
        assertThat(node.json("PATCH", PLAIN + "hash", "{\"fields\":{\"b\":null,\"c\":null}}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(node.get(PLAIN + "hash").statusCode()).isEqualTo(404);
        node.json("PUT", PLAIN + "string", "{\"value\":\"1\"}");
        assertThat(node.json("PATCH", PLAIN + "string", "{\"fields\":{\"a\":\"1\"}}")
                        .statusCode())
                .isEqualTo(400);
    }
}
