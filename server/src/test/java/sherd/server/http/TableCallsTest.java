package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableCallsTest extends EveryVersion {
    private static final String EXAMPLE =
            "{\"kind\":\"record\",\"columns\":[{\"name\":\"user_id\",\"type\":\"string\"},"
                    + "{\"name\":\"region\",\"type\":\"string\"},{\"name\":\"ts\",\"type\":\"timestamp\"}],\"key\":[\"user_id\"],"
                    + "\"shard_key\":[\"user_id\"],\"time\":\"ts\",\"shards\":8,\"archive\":{\"min_age\":\"1h\",\"retention\":\"30d\"}}";

    @Test
    void aTableIsMadeOnceAndDescribed() {
        var path = "/api/v1/tables/shop/users";
        assertThat(node.json("PUT", path, EXAMPLE).statusCode()).isEqualTo(201);
        assertThat(node.json("PUT", path, EXAMPLE).statusCode()).isEqualTo(200);
        var different = node.json("PUT", path, EXAMPLE.replace("\"shards\":8", "\"shards\":9"));
        assertThat(different.statusCode()).isEqualTo(409);
        assertThat(HttpNode.problem(different)).containsEntry("code", "TABLE_EXISTS");
        var table = Json.object(node.get(path).body());
        assertThat(table)
                .containsEntry("database", "shop")
                .containsEntry("table", "users")
                .containsEntry("kind", "record")
                .containsEntry("key", List.of("user_id"))
                .containsEntry("time", "ts")
                .containsEntry("shards", 8L)
                .containsEntry("rows", Map.of("hot", 0L, "archived", 0L))
                .containsKeys("bytes", "segments");
        assertThat(Json.member(table, "oldest_rows"))
                .containsEntry("decision", "stay")
                .hasEntrySatisfying(
                        "reason",
                        reason -> assertThat(reason)
                                .asString()
                                .startsWith("young: age=")
                                .endsWith(" min_age=3600000ms"));
        assertThat(Json.member(table, "archive"))
                .containsEntry("min_age", "1h")
                .containsEntry("retention", "30d")
                .containsEntry("max_reads", 3L);
        var all = Json.list(Json.object(node.get("/api/v1/tables").body()), "tables");
        assertThat(all)
                .extracting(one -> one.get("database") + "." + one.get("table"))
                .contains("shop.users", "default.kv");
        var dropped = node.delete(path);
        assertThat(dropped.statusCode()).as(dropped.body()).isEqualTo(204);
        assertThat(node.delete(path).statusCode()).isEqualTo(404);
        assertThat(node.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void aLogTableWithoutColumnsHasTimeAndLine() {
        node.create("logs/plain", "{\"kind\":\"log\"}");
        assertThat(Json.object(node.get("/api/v1/tables/logs/plain").body()))
                .containsEntry("time", "ts")
                .containsEntry(
                        "columns",
                        List.of(Map.of("name", "ts", "type", "timestamp"), Map.of("name", "line", "type", "string")));
    }

    @Test
    void whatIsNoTableIsRefusedSayingWhy() {
        var wrong = Map.ofEntries(
                Map.entry("{}", "kind"),
                Map.entry("{\"kind\":\"heap\"}", "'heap'"),
                Map.entry("{\"kind\":\"record\"}", "column"),
                Map.entry("{\"kind\":\"log\",\"size\":1}", "'size'"),
                Map.entry("{\"kind\":\"log\",\"shards\":0}", "shards"),
                Map.entry("{\"kind\":\"log\",\"shards\":5000}", "shards"),
                Map.entry("{\"kind\":\"log\",\"key\":[\"x\"]}", "key"),
                Map.entry("{\"kind\":\"log\",\"archive\":{\"min_age\":\"long\"}}", "'long'"),
                Map.entry("{\"kind\":\"log\",\"archive\":{\"reads_window\":\"0s\"}}", "choose one above 0"),
                Map.entry("{\"kind\":\"log\",\"archive\":{\"reads_window\":\"-1h\"}}", "'-1h'"),
                Map.entry("{\"kind\":\"log\",\"archive\":{\"max_reads\":-1}}", "-1"),
                Map.entry("{\"kind\":\"log\",\"archive\":{\"max_reads\":\"few\"}}", "max_reads"),
                Map.entry("{\"kind\":\"log\",\"columns\":[{\"name\":\"a\",\"type\":\"text\"}]}", "'text'"),
                Map.entry("{\"kind\":\"log\",\"columns\":[{\"name\":\"a\",\"type\":\"int64\"}]}", "time"),
                Map.entry(
                        "{\"kind\":\"record\",\"columns\":[{\"name\":\"a\",\"type\":\"int64\"},{\"name\":\"a\",\"type\":\"int64\"}],\"key\":[\"a\"]}",
                        "'a'"),
                Map.entry(
                        "{\"kind\":\"record\",\"columns\":[{\"name\":\"a b\",\"type\":\"int64\"}],\"key\":[\"a b\"]}",
                        "'a b'"),
                Map.entry(
                        "{\"kind\":\"record\",\"columns\":[{\"name\":\"a\",\"type\":\"int64\"}],\"key\":[\"b\"]}",
                        "'b'"));
        wrong.forEach((body, named) -> {
            var reply = node.json("PUT", "/api/v1/tables/bad/table", body);
            assertThat(reply.statusCode()).as(body).isEqualTo(400);
            assertThat(Json.text(HttpNode.problem(reply), "detail")).as(body).contains(named);
        });
        assertThat(node.json("PUT", "/api/v1/tables/bad/1table", "{\"kind\":\"log\"}")
                        .statusCode())
                .isEqualTo(400);
    }
}
