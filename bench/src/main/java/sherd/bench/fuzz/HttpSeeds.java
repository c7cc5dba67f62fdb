package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Requests and bodies as clients send them. */
final class HttpSeeds {
    static final List<String> WORDS = List.of(
            "\r\n",
            "\r\n\r\n",
            "\n",
            ": ",
            "GET ",
            "PUT ",
            "POST ",
            "PATCH ",
            "DELETE ",
            "HEAD ",
            "OPTIONS ",
            " HTTP/1.1\r\n",
            " HTTP/1.0\r\n",
            " HTTP/9.9\r\n",
            "/api/v1/tables",
            "/api/v1/shard",
            "/default/kv",
            "/logs/app",
            "/rows/",
            "/search?q=",
            "/archive",
            "%2F",
            "%00",
            "%ff",
            "%",
            "?",
            "&limit=10",
            "&from=2026-01-01T00:00:00Z",
            "&cursor=",
            "content-length: 5\r\n",
            "content-length: -1\r\n",
            "content-length: 99999999999999999999\r\n",
            "transfer-encoding: chunked\r\n",
            "5\r\nhello\r\n",
            "0\r\n\r\n",
            "expect: 100-continue\r\n",
            "connection: close\r\n",
            "connection: upgrade\r\nupgrade: h2c\r\n",
            "if-match: \"1\"\r\n",
            "if-none-match: *\r\n",
            "content-type: application/json\r\n",
            "content-type: application/x-ndjson\r\n",
            "content-type: text/plain\r\n",
            "accept: application/json\r\n");

    static final List<String> JSON_WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\u0000",
            "\\ud800",
            "\\\"",
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e999",
            "1.5",
            "9223372036854775807",
            "9223372036854775808",
            "\"op\":",
            "\"get\"",
            "\"set\"",
            "\"del\"",
            "\"cas\"",
            "\"key\":",
            "\"value\":",
            "\"vv\":",
            "\"shard_key\":",
            "\"table\":",
            "\"ops\":",
            "\"default.kv\"",
            "\"default.pairs\"",
            "\"logs.app\"",
            "\"fields\":",
            "\"columns\":",
            "\"ts\":",
            "\"line\":",
            "\"user\":",
            "\"n\":",
            "\"ttl_ms\":",
            "\"expires\":",
            "\"name\":",
            "\"type\":",
            "\"kind\":",
            "\"record\"",
            "\"log\"",
            "\"string\"",
            "\"int64\"",
            "\"float64\"",
            "\"timestamp\"",
            "\"bool\"",
            "\"shards\":",
            "\"archive\":",
            "\n",
            "\"12:1\"",
            "[[0,1]]",
            "{\"op\":\"get\",\"key\":\"a\"}");

    private HttpSeeds() {}

    static String head(String method, String path, String type) {
        return method + " " + path + " HTTP/1.1\r\nhost: x\r\ncontent-type: " + type + "\r\n";
    }

    private static String with(String method, String path, String type, String body) {
        return head(method, path, type) + "content-length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    }

    private static String bare(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nhost: x\r\n\r\n";
    }

    static List<byte[]> requests() {
        return Samples.bytes(List.of(
                bare("GET", "/healthz"),
                bare("GET", "/readyz") + bare("GET", "/metrics"),
                bare("GET", "/openapi.json"),
                bare("GET", "/api/v1/status"),
                bare("GET", "/api/v1/tables"),
                bare("GET", "/api/v1/tables/default/kv"),
                with("PUT", "/api/v1/tables/default/kv/rows/a", "text/plain", "hello"),
                bare("GET", "/api/v1/tables/default/kv/rows/a"),
                bare("DELETE", "/api/v1/tables/default/kv/rows/a"),
                with("PUT", "/api/v1/tables/default/pairs/rows/u,r", "application/json", "{\"n\":1,\"d\":0.5}"),
                with("PATCH", "/api/v1/tables/default/pairs/rows/u,r", "application/json", "{\"n\":2,\"ok\":true}"),
                bare("GET", "/api/v1/tables/default/pairs/rows/u,r"),
                with("POST", "/api/v1/tables/logs/app/rows", "application/x-ndjson", "{\"line\":\"error one\"}\n"),
                with("POST", "/api/v1/tables/logs/app/rows", "text/plain", "error one\nerror two\n"),
                bare("GET", "/api/v1/tables/logs/app/search?q=error&limit=2&from=2026-01-01T00:00:00Z"),
                bare("GET", "/api/v1/tables/logs/app/search?q=%22error%20one%22+OR+t*"),
                with("POST", "/api/v1/tables/logs/app/archive?older_than=1h", "application/json", ""),
                with("POST", "/api/v1/shard", "application/json", "{\"ops\":[{\"op\":\"get\",\"key\":\"a\"}]}"),
                head("POST", "/api/v1/shard", "application/json")
                        + "transfer-encoding: chunked\r\n\r\n5\r\n{\"ops\r\n6\r\n\":[]}\n\r\n0\r\n\r\n",
                head("PUT", "/api/v1/tables/default/kv/rows/b", "text/plain")
                        + "expect: 100-continue\r\nif-none-match: *\r\ncontent-length: 3\r\n\r\nabc",
                with(
                        "PUT",
                        "/api/v1/tables/default/made",
                        "application/json",
                        "{\"kind\":\"record\",\"key\":[\"k\"],\"columns\":[{\"name\":\"k\",\"type\":\"string\"}]}"),
                bare("DELETE", "/api/v1/tables/default/made")));
    }

    static List<byte[]> batches() {
        return Samples.bytes(List.of(
                "{\"ops\":[]}",
                "{\"table\":\"default.kv\",\"ops\":[{\"op\":\"get\",\"key\":\"a\"},{\"op\":\"set\",\"key\":\"a\",\"value\":\"1\"},"
                        + "{\"op\":\"cas\",\"key\":\"a\",\"value\":\"2\",\"vv\":\"0:1\"},{\"op\":\"del\",\"key\":\"a\"}]}",
                "{\"table\":\"default.pairs\",\"ops\":[{\"op\":\"set\",\"key\":[\"u\",\"r\"],\"value\":{\"n\":1,\"d\":1.5,\"ok\":true}},"
                        + "{\"op\":\"get\",\"key\":[\"u\",\"r\"]},{\"op\":\"del\",\"key\":[\"u\",\"r\"],\"vv\":[0,1]}]}",
                "{\"ops\":[{\"op\":\"set\",\"key\":\"\\u00e9\",\"value\":\"\\ud83d\\ude00\",\"shard_key\":\"s\",\"ttl_ms\":5}]}",
                "{\"table\":\"logs.app\",\"ops\":[{\"op\":\"get\",\"key\":\"a\"}]}"));
    }

    static List<byte[]> rows() {
        return Samples.bytes(List.of(
                "{\"line\":\"error one\"}\n{\"line\":\"two\",\"ts\":1700000000000}\n",
                "{\"ts\":\"2026-01-01T00:00:00.5Z\",\"line\":\"straße\"}",
                "{\"ts\":1700000000000,\"line\":null}\n\n{}\n"));
    }

    static List<byte[]> definitions() {
        return Samples.bytes(List.of(
                "{\"kind\":\"record\",\"key\":[\"k\"],\"columns\":[{\"name\":\"k\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"int64\"}],"
                        + "\"shards\":4,\"archive\":{\"min_age\":\"7d\",\"max_reads\":3,\"reads_window\":\"1d\",\"retention\":\"30d\"}}",
                "{\"kind\":\"log\"}",
                "{\"kind\":\"log\",\"time\":\"at\",\"shard_key\":[\"host\"],\"columns\":[{\"name\":\"at\",\"type\":\"timestamp\"},"
                        + "{\"name\":\"host\",\"type\":\"string\"}]}"));
    }
}
