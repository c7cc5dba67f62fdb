package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every call has in common, and what the node says of itself. */
class HttpDoorTest extends EveryVersion {

    @Test
    void anUnknownPathIsAProblemOf404() {
        var response = node.get("/api/v2/nothing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(HttpNode.problem(response))
                .containsEntry("status", 404L)
                .containsEntry("code", "NO_SUCH_PATH")
                .containsEntry("title", "no such path")
                .containsEntry("type", "urn:sherd:error:no-such-path")
                .containsEntry("instance", "/api/v2/nothing");
    }

    @Test
    void aWrongMethodIsToldWhichOnesAreAllowed() {
        var response = node.json("POST", "/api/v1/tables/default/kv", "{}");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains("DELETE, GET, HEAD, OPTIONS, PUT");
        var options = node.send("OPTIONS", "/api/v1/shard", BodyPublishers.noBody());
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("allow")).contains("OPTIONS, POST");
    }

    @Test
    void headAnswersLikeGetWithoutTheBody() {
        var get = node.get("/openapi.json");
        var head = node.send("HEAD", "/openapi.json", BodyPublishers.noBody());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length"))
                .isEqualTo(get.headers().firstValue("content-length"));
    }

    @Test
    void bodiesOfUnknownTypeCodingOrCharsetAreRefused() {
        assertThat(node.post("/api/v1/shard", "text/html", "{}").statusCode()).isEqualTo(415);
        assertThat(node.send("POST", "/api/v1/shard", BodyPublishers.ofString("{}"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(node.post("/api/v1/shard", "application/json; charset=utf-16", "{}")
                        .statusCode())
                .isEqualTo(415);
        var coded = node.json("POST", "/api/v1/shard", "{}", "content-encoding", "gzip");
        assertThat(coded.statusCode()).isEqualTo(415);
        assertThat(Json.text(HttpNode.problem(coded), "detail")).contains("content-encoding='gzip'");
        assertThat(node.post("/api/v1/shard", "Application/JSON; charset=\"UTF-8\"", "{\"ops\":[]}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void brokenJsonIsNamedWithItsPlace() {
        var response = node.json("POST", "/api/v1/shard", "{\"ops\": [}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Json.text(HttpNode.problem(response), "detail"))
                .contains("line=1")
                .contains("column=");
        for (var body :
                List.of("", "[]", "1", "{\"ops\":[]} {}", "{\"ops\":[],\"ops\":[]}", "{\"ops\":[]", "{'a':1}")) {
            assertThat(node.json("POST", "/api/v1/shard", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        var notUtf8 = "{\"ops\":[],\"table\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(node.post("/api/v1/shard", "application/json", notUtf8).statusCode())
                .isEqualTo(400);
        var utf16 = "{\"ops\":[]}".getBytes(StandardCharsets.UTF_16LE);
        assertThat(node.post("/api/v1/shard", "application/json", utf16).statusCode())
                .isEqualTo(400);
        var deep = "{\"ops\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
        assertThat(node.json("POST", "/api/v1/shard", deep).statusCode()).isIn(400, 413);
    }

    @Test
    void aDocumentBeyondTheLimitIsRefusedWithTheLimit() {
        var response = node.json("POST", "/api/v1/shard", "{\"table\":\"" + "x".repeat(1 << 20) + "\"}");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(Json.text(HttpNode.problem(response), "detail")).contains("limit_bytes=1048576");
    }

    @Test
    void theNodeSaysThatItLivesAndIsReady() {
        assertThat(node.get("/healthz").body()).isEqualTo("ok\n");
        assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
        var status = Json.object(node.get("/api/v1/status").body());
        assertThat(status).containsKeys("uptime_ms", "memory", "log", "route_version");
    }

    @Test
    void metricsAreWellFormedAndCountRequests() {
        var before = samples();
        node.get("/healthz");
        var after = samples();
        var series = "sherd_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"}";
        assertThat(after.get(series)).isEqualTo(before.getOrDefault(series, 0.0) + 1);
        assertThat(after).containsKeys("sherd_log_lsn", "sherd_memory_used_bytes{purpose=\"records\"}");
    }

    private static Map<String, Double> samples() {
        var response = node.get("/metrics");
        assertThat(response.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        var samples = new TreeMap<String, Double>();
        for (var line : response.body().split("\n", -1)) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            assertThat(line).matches("[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})? -?[0-9.]+");
            int space = line.lastIndexOf(' ');
            samples.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        }
        return samples;
    }

    @Test
    void theOpenApiDocumentListsExactlyTheRoutes() {
        var document = Json.object(node.get("/openapi.json").body());
        var documented = new TreeSet<String>();
        Json.member(document, "paths")
                .forEach((path, item) -> ((Map<?, ?>) item).keySet().forEach(verb -> {
                    if (!verb.equals("parameters")) {
                        documented.add(verb.toString().toUpperCase(Locale.ROOT) + " " + path);
                    }
                }));
        var routed = new TreeSet<String>();
        node.door().routes().table().forEach((path, verbs) -> verbs.forEach(verb -> routed.add(verb + " " + path)));
        assertThat(documented).isEqualTo(routed).hasSizeGreaterThan(15);
    }

    @Test
    void curlTakesARowThereAndBack() throws IOException, InterruptedException {
        node.create(
                "default/curled",
                "{\"kind\":\"record\",\"columns\":[{\"name\":\"id\",\"type\":\"string\"},"
                        + "{\"name\":\"n\",\"type\":\"int64\"}],\"key\":[\"id\"]}");
        var url = node.url("/api/v1/tables/default/curled/rows/a%2Fb");
        assertThat(curl("-X", "PUT", "-H", "content-type: application/json", "-d", "{\"n\":5}", url))
                .startsWith("HTTP/1.1 201");
        assertThat(curl(url))
                .startsWith("HTTP/1.1 200")
                .containsPattern("(?i)etag: \"\\d+:1\"")
                .endsWith("{\"id\":\"a/b\",\"n\":5}");
        // A body this long makes curl ask with Expect: 100-continue.
        var lines = "{\"id\":\"k\",\"n\":1}\n".repeat(100_000);
        var file = Files.createTempFile("rows", ".ndjson");
        try {
            Files.writeString(file, lines);
            assertThat(curl(
                            "-X",
                            "POST",
                            "-H",
                            "content-type: application/x-ndjson",
                            "--data-binary",
                            "@" + file,
                            node.url("/api/v1/tables/default/curled/rows")))
                    .contains("HTTP/1.1 100 Continue")
                    .endsWith("{\"rows\":100000}");
        } finally {
            Files.delete(file);
        }
    }

    private static String curl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "-i", "-m", "20"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
