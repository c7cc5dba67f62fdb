package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.EngineConfig;
import sherd.engine.log.SyncPolicy;
import sherd.server.config.Transport;
import sherd.server.net.Transports;

/** What clients are told when the node itself is in trouble. */
class TroubleTest {
    private static final String PLAIN = "/api/v1/tables/default/kv/rows/";

    @Test
    void aWriteWhoseLogFailedIsInDoubtAndReadsGoOn() {
        var config = EngineConfig.DEFAULT.withSync(SyncPolicy.ALWAYS);
        try (var node = new HttpNode(HttpLimits.DEFAULT, config)) {
            node.create("default/lines", "{\"kind\":\"log\"}");
            assertThat(node.json("PUT", PLAIN + "kept", "{\"value\":\"1\"}").statusCode())
                    .isEqualTo(201);
            assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
            node.breakDisk();
            var doubtful = node.json("PUT", PLAIN + "doubtful", "{\"value\":\"1\"}");
            assertThat(doubtful.statusCode()).as(doubtful.body()).isEqualTo(503);
            assertThat(HttpNode.problem(doubtful)).containsEntry("code", "IN_DOUBT");
            assertThat(doubtful.headers().firstValue("retry-after")).isPresent();
            for (var reply : List.of(
                    node.json("PUT", PLAIN + "later", "{\"value\":\"1\"}"),
                    node.delete(PLAIN + "kept"),
                    node.post("/api/v1/tables/default/lines/rows", "text/plain", "line"))) {
                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(503);
                assertThat(HttpNode.problem(reply).get("code")).isIn("IN_DOUBT", "LOG_FAILED");
            }
            assertThat(node.json(
                                    "POST",
                                    "/api/v1/shard",
                                    "{\"ops\":[{\"op\":\"set\",\"key\":\"a\",\"value\":\"b\"},{\"op\":\"get\",\"key\":\"a\"}]}")
                            .body())
                    .contains("\"status\":503,\"code\":\"LOG_FAILED\"", "\"status\":404");
            assertThat(Json.object(
                            node.get("/api/v1/tables/default/lines/search").body()))
                    .as("a line of which the client was told that it was not written")
                    .containsEntry("total", 0L);
            assertThat(node.get("/readyz").statusCode()).isEqualTo(503);
            assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(node.get(PLAIN + "absent").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesWaitForALogThatIsBehindInsteadOfFailing(Transport transport)
            throws IOException, InterruptedException, Http2Exception {
        Transports.assumeAvailable(transport);
        int writes = 128;
        var value = "v".repeat(1 << 20);
        try (var node = new HttpNode(transport);
                var connection = node.connect();
                var beside = new RawHttp2(node.port()).greet(65_535)) {
            node.holdDisk();
            var sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < writes; i++) {
                    send(connection, i, value);
                }
            });
            while (!node.engine().log().congested()) {
                Thread.onSpinWait();
            }
            assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
            beside.post(1, "/api/v1/shard", "content-type", "application/json");
            beside.data(1, "{\"ops\":[{\"op\":\"set\",", false).data(1, "\"key\":\"a\",\"value\":\"b\"}]}", true);
            beside.get(3, "/healthz");
            assertThat(beside.reply(3).body()).isEqualTo("ok\n");
            node.releaseDisk();
            assertThat(beside.reply(1).body()).contains("\"status\":201");
            for (int i = 0; i < writes; i++) {
                assertThat(connection.read().status()).isEqualTo(201);
            }
            sender.join();
        }
    }

    private static void send(RawConnection connection, int number, String value) {
        try {
            connection.send("PUT " + PLAIN + "w" + number + " HTTP/1.1\r\nHost: t\r\nContent-Type: "
                    + "application/octet-stream\r\nContent-Length: " + value.length() + "\r\n\r\n" + value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFullMemoryRefusesWritesAndKeepsWhatIsThere() {
        var config = EngineConfig.DEFAULT.withMemoryLimit(96L << 20);
        try (var node = new HttpNode(HttpLimits.DEFAULT, config)) {
            var value = new byte[1 << 20];
            int kept = 0;
            int status = 201;
            while (status == 201 && kept < 200) {
                var reply = node.send(
                        "PUT",
                        PLAIN + "v" + kept,
                        BodyPublishers.ofByteArray(value),
                        "content-type",
                        "application/octet-stream");
                status = reply.statusCode();
                if (status != 201) {
                    assertThat(HttpNode.problem(reply)).containsEntry("code", "OUT_OF_MEMORY");
                    break;
                }
                kept++;
            }
            assertThat(status).isEqualTo(507);
            assertThat(kept).isBetween(10, 96);
            for (int i = 0; i < kept; i++) {
                var reply = node.get(PLAIN + "v" + i, "accept", "application/octet-stream");
                assertThat(reply.body()).hasSize(value.length);
            }
            assertThat(node.delete(PLAIN + "v0").statusCode()).isEqualTo(204);
        }
    }

    @Test
    void rowsThatDoNotFitAreRefusedAndNoneIsThere() {
        var config = EngineConfig.DEFAULT.withMemoryLimit(96L << 20);
        try (var node = new HttpNode(HttpLimits.DEFAULT, config)) {
            node.create("default/lines", "{\"kind\":\"log\"}");
            var line = ("x".repeat(1023) + "\n").repeat(60 << 10);
            var reply = node.post("/api/v1/tables/default/lines/rows", "text/plain", line);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(507);
            assertThat(Json.object(
                            node.get("/api/v1/tables/default/lines/search").body()))
                    .containsEntry("total", 0L);
            assertThat(node.post("/api/v1/tables/default/lines/rows", "text/plain", "small")
                            .body())
                    .isEqualTo("{\"rows\":1}");
        }
    }
}
