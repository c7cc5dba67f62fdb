package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

class GatewayCallsTest extends EveryVersion {

    @BeforeParameterizedClassInvocation
    static void create() {
        node.create(
                "default/pairs",
                "{\"kind\":\"record\",\"key\":[\"user\",\"region\"],\"columns\":["
                        + "{\"name\":\"user\",\"type\":\"string\"},{\"name\":\"region\",\"type\":\"string\"},"
                        + "{\"name\":\"n\",\"type\":\"int64\"}]}");
    }

    private static List<Map<String, Object>> batch(String table, String... ops) {
        var reply = node.json(
                "POST", "/api/v1/shard", "{\"table\":\"" + table + "\",\"ops\":[" + String.join(",", ops) + "]}");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return Json.list(Json.object(reply.body()), "results");
    }

    private static Map<String, Object> one(String op) {
        return batch("default.kv", op).getFirst();
    }

    @Test
    void operationsAreDoneInOrderEachWithItsResult() {
        var results = batch(
                "default.kv",
                "{\"op\":\"get\",\"key\":\"order\"}",
                "{\"op\":\"set\",\"key\":\"order\",\"value\":\"1\",\"shard_key\":\"order\"}",
                "{\"op\":\"get\",\"key\":\"order\"}",
                "{\"op\":\"set\",\"key\":\"order\",\"value\":\"2\"}",
                "{\"op\":\"cas\",\"key\":\"order\",\"value\":\"3\"}",
                "{\"op\":\"del\",\"key\":\"order\"}",
                "{\"op\":\"del\",\"key\":\"order\"}",
                "{\"op\":\"cas\",\"key\":\"order\",\"value\":\"4\"}",
                "{\"op\":\"get\",\"key\":\"order\"}");
        assertThat(results)
                .extracting(result -> result.get("status"))
                .containsExactly(404L, 201L, 200L, 200L, 412L, 200L, 404L, 201L, 200L);
        assertThat(results.get(2)).containsEntry("value", "1");
        assertThat(results.get(4))
                .containsEntry("value", "2")
                .containsEntry("vv", results.get(3).get("vv"));
        assertThat(results.get(8)).containsEntry("value", "4");
    }

    @Test
    void aWriterSendsTheVectorItRead() {
        var set = one("{\"op\":\"set\",\"key\":\"cas\",\"value\":\"1\"}");
        var vv = Json.text(set, "vv");
        assertThat(vv).isEqualTo(set.get("shard") + ":1");
        var done = one("{\"op\":\"cas\",\"key\":\"cas\",\"value\":\"2\",\"vv\":\"" + vv + "\"}");
        assertThat(done).containsEntry("status", 200L).containsEntry("vv", set.get("shard") + ":2");
        var stale = one("{\"op\":\"cas\",\"key\":\"cas\",\"value\":\"3\",\"vv\":\"" + vv + "\"}");
        assertThat(stale)
                .containsEntry("status", 412L)
                .containsEntry("vv", done.get("vv"))
                .containsEntry("value", "2");
        assertThat(one("{\"op\":\"del\",\"key\":\"cas\",\"vv\":\"" + vv + "\"}"))
                .containsEntry("status", 412L);
        var dense = dense(Json.number(set, "shard"), 2);
        assertThat(one("{\"op\":\"cas\",\"key\":\"cas\",\"value\":\"4\",\"vv\":" + dense + "}"))
                .containsEntry("status", 200L);
    }

    private static String dense(long shard, long counter) {
        return "[" + "0,".repeat((int) shard) + counter + "]";
    }

    @Test
    void orTheVectorItWantsToWrite() {
        var set = one("{\"op\":\"set\",\"key\":\"next\",\"value\":\"1\"}");
        long shard = Json.number(set, "shard");
        for (var refused : List.of(
                "\"" + shard + ":1\"",
                "\"" + shard + ":3\"",
                "\"" + (shard + 1) + ":1\"",
                "\"\"",
                "\"" + shard + ":2," + (shard + 1) + ":1\"",
                dense(shard, 1),
                "[]")) {
            assertThat(one("{\"op\":\"cas\",\"key\":\"next\",\"value\":\"2\",\"next\":" + refused + "}"))
                    .as(refused)
                    .containsEntry("status", 412L)
                    .containsEntry("value", "1");
        }
        assertThat(one("{\"op\":\"cas\",\"key\":\"next\",\"value\":\"2\",\"next\":\"" + shard + ":2\"}"))
                .containsEntry("status", 200L);
        assertThat(one("{\"op\":\"cas\",\"key\":\"next\",\"value\":\"3\",\"next\":" + dense(shard, 3) + "}"))
                .containsEntry("status", 200L)
                .containsEntry("vv", shard + ":3");
    }

    @Test
    void valuesThatAreNotTextTravelAsBase64() {
        one("{\"op\":\"set\",\"key\":\"bytes\",\"value\":{\"base64\":\"AP8=\"}}");
        assertThat(one("{\"op\":\"get\",\"key\":\"bytes\"}")).containsEntry("value", Map.of("base64", "AP8="));
    }

    @Test
    void rowsOfRecordTablesAreObjects() {
        var results = batch(
                "default.pairs",
                "{\"op\":\"set\",\"key\":\"ann,eu\",\"value\":{\"n\":1}}",
                "{\"op\":\"set\",\"key\":[\"b,ob\",\"eu\"],\"value\":{\"user\":\"b,ob\",\"n\":2}}",
                "{\"op\":\"get\",\"key\":\"b%2Cob,eu\"}",
                "{\"op\":\"cas\",\"key\":\"ann,eu\",\"value\":{\"n\":3}}",
                "{\"op\":\"set\",\"key\":\"ann\",\"value\":{\"n\":1}}",
                "{\"op\":\"set\",\"key\":\"ann,us\",\"value\":{\"n\":\"x\"}}",
                "{\"op\":\"set\",\"key\":\"ann,us\",\"value\":{\"region\":\"eu\"}}",
                "{\"op\":\"get\",\"key\":\"ann,us\"}");
        assertThat(results)
                .extracting(result -> result.get("status"))
                .containsExactly(201L, 201L, 200L, 412L, 400L, 400L, 400L, 404L);
        assertThat(results.get(2)).containsEntry("value", Map.of("user", "b,ob", "region", "eu", "n", 2L));
        assertThat(results.get(5)).containsEntry("code", "WRONG_TYPE");
    }

    @Test
    void documentsThatCannotBeReadDoNothing() {
        one("{\"op\":\"del\",\"key\":\"untouched\"}");
        var good = "{\"op\":\"set\",\"key\":\"untouched\",\"value\":\"1\"}";
        for (var bad : List.of(
                "{\"op\":\"put\",\"key\":\"a\"}",
                "{\"op\":\"get\"}",
                "{\"key\":\"a\"}",
                "{\"op\":\"set\",\"key\":\"a\"}",
                "{\"op\":\"get\",\"key\":\"a\",\"value\":\"1\"}",
                "{\"op\":\"get\",\"key\":1}",
                "7",
                "{\"op\":\"cas\",\"key\":\"a\",\"value\":\"1\",\"vv\":\"x\"}",
                "{\"op\":\"cas\",\"key\":\"a\",\"value\":\"1\",\"vv\":[-1]}",
                "{\"op\":\"cas\",\"key\":\"a\",\"value\":\"1\",\"vv\":\"0:1\",\"next\":\"0:2\"}",
                "{\"op\":\"get\",\"key\":\"a\",\"ttl\":1}")) {
            var reply = node.json("POST", "/api/v1/shard", "{\"ops\":[" + good + "," + bad + "]}");
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(one("{\"op\":\"get\",\"key\":\"untouched\"}")).containsEntry("status", 404L);
        assertThat(node.json("POST", "/api/v1/shard", "{\"table\":\"no.such\",\"ops\":[]}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(node.json("POST", "/api/v1/shard", "{\"table\":\"nodot\",\"ops\":[]}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(node.json("POST", "/api/v1/shard", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aValueOfTheWrongShapeIsItsOwnResultOnly() {
        var results = batch(
                "default.kv",
                "{\"op\":\"set\",\"key\":\"shape\",\"value\":5}",
                "{\"op\":\"set\",\"key\":\"shape\",\"value\":\"5\"}");
        assertThat(results).extracting(result -> result.get("status")).containsExactly(400L, 201L);
    }
}
