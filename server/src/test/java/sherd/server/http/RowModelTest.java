package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random requests for few rows against a map that keeps what each row should be, and the tag it had last. */
class RowModelTest {
    private static final int REQUESTS = 4_000;

    private record Row(long n, String text, String etag) {}

    private final Map<String, Row> model = new HashMap<>();
    private final Map<String, String> staleTags = new HashMap<>();

    @Test
    void rowsAndTagsAreWhatTheModelSays() {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        System.err.println("RowModelTest: -Dsherd.test.seed=" + seed);
        var random = new Random(seed);
        try (var node = new HttpNode()) {
            node.create(
                    "default/model",
                    "{\"kind\":\"record\",\"key\":[\"a\",\"b\"],\"columns\":["
                            + "{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int32\"},"
                            + "{\"name\":\"n\",\"type\":\"int64\"},{\"name\":\"text\",\"type\":\"string\"}]}");
            for (int i = 0; i < REQUESTS; i++) {
                var key = "k" + random.nextInt(5) + "%2C," + random.nextInt(4);
                step(node, random, key);
            }
            for (var key : model.keySet()) {
                check(node, key);
            }
        }
    }

    private void step(HttpNode node, Random random, String key) {
        var path = "/api/v1/tables/default/model/rows/" + key;
        var current = model.get(key);
        var headers = new String[0];
        boolean allowed = true;
        switch (random.nextInt(5)) {
            case 0 -> {
                headers = new String[] {"If-None-Match", "*"};
                allowed = current == null;
            }
            case 1 -> {
                if (current != null) {
                    headers = new String[] {"If-Match", current.etag()};
                }
            }
            case 2 -> {
                var stale = staleTags.get(key);
                if (stale != null) {
                    headers = new String[] {"If-Match", stale};
                    allowed = current != null && current.etag().equals(stale);
                }
            }
            default -> {}
        }
        switch (random.nextInt(6)) {
            case 0, 1 -> put(node, path, key, random.nextLong(), "t" + random.nextInt(), allowed, headers);
            case 2 -> patch(node, path, key, random.nextLong(), allowed, headers);
            case 3 -> delete(node, path, key, allowed, headers);
            default -> check(node, key);
        }
    }

    private void put(HttpNode node, String path, String key, long n, String text, boolean allowed, String[] headers) {
        var reply = node.json("PUT", path, "{\"n\":" + n + ",\"text\":\"" + text + "\"}", headers);
        var old = model.get(key);
        assertThat(reply.statusCode()).isEqualTo(!allowed ? 412 : old == null ? 201 : 200);
        if (allowed) {
            replace(key, new Row(n, text, tag(reply)));
        }
    }

    private void patch(HttpNode node, String path, String key, long n, boolean allowed, String[] headers) {
        var reply = node.json("PATCH", path, "{\"n\":" + n + "}", headers);
        var old = model.get(key);
        assertThat(reply.statusCode()).isEqualTo(!allowed ? 412 : old == null ? 404 : 200);
        if (allowed && old != null) {
            replace(key, new Row(n, old.text(), tag(reply)));
        }
    }

    private void delete(HttpNode node, String path, String key, boolean allowed, String[] headers) {
        var reply = node.delete(path, headers);
        var old = model.get(key);
        assertThat(reply.statusCode()).isEqualTo(!allowed ? 412 : old == null ? 404 : 204);
        if (allowed && old != null) {
            staleTags.put(key, old.etag());
            model.remove(key);
        }
    }

    private void replace(String key, Row row) {
        var old = model.put(key, row);
        if (old != null) {
            assertThat(row.etag()).isNotEqualTo(old.etag());
            staleTags.put(key, old.etag());
        }
    }

    private void check(HttpNode node, String key) {
        var reply = node.get("/api/v1/tables/default/model/rows/" + key);
        var row = model.get(key);
        if (row == null) {
            assertThat(reply.statusCode()).isEqualTo(404);
            return;
        }
        assertThat(Json.object(reply.body())).containsEntry("n", row.n()).containsEntry("text", row.text());
        assertThat(tag(reply)).isEqualTo(row.etag());
    }

    private static String tag(java.net.http.HttpResponse<String> reply) {
        return reply.headers().firstValue("etag").orElseThrow();
    }
}
