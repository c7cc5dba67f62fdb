package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;

/** Bytes on the wire: order, framing, malice and silence. */
class HttpConnectionTest {
    private static final String HOST = "Host: test\r\n";
    private static HttpNode node;

    @BeforeAll
    static void open() {
        node = new HttpNode();
        node.create(
                "default/items",
                "{\"kind\":\"record\",\"columns\":[{\"name\":\"id\",\"type\":\"string\"},"
                        + "{\"name\":\"n\",\"type\":\"int64\"}],\"key\":[\"id\"]}");
        node.create("default/lines", "{\"kind\":\"log\"}");
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
    }

    private static String put(String key, String body) {
        return "PUT /api/v1/tables/default/items/rows/" + key + " HTTP/1.1\r\n" + HOST
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String post(String path, String headers, String body) {
        return "POST " + path + " HTTP/1.1\r\n" + HOST + headers + "\r\n" + body;
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderThoughSomeLeaveTheLoop() throws IOException {
        var requests = new StringBuilder();
        var wanted = new ArrayList<String>();
        for (int i = 0; i < 200; i++) {
            switch (i % 4) {
                case 0 -> {
                    requests.append(put("p" + i, "{\"n\":" + i + "}"));
                    wanted.add("201 vv");
                }
                case 1 -> {
                    requests.append(get("/api/v1/tables/default/items"));
                    wanted.add("200 database");
                }
                case 2 -> {
                    requests.append(get("/api/v1/tables/default/items/rows/p" + (i - 2)));
                    wanted.add("200 p" + (i - 2));
                }
                default -> {
                    requests.append(get("/none/" + i));
                    wanted.add("404 /none/" + i);
                }
            }
        }
        try (var connection = node.connect()) {
            connection.send(requests.toString());
            for (var expected : wanted) {
                var reply = connection.read();
                var parts = expected.split(" ", -1);
                assertThat(reply.status()).isEqualTo(Integer.parseInt(parts[0]));
                assertThat(reply.body()).contains("\"" + parts[1] + "\"");
            }
        }
    }

    @Test
    void aRequestMayComeByteByByte() throws IOException {
        try (var connection = node.connect()) {
            for (byte b : put("slow", "{\"n\":1}").getBytes(StandardCharsets.US_ASCII)) {
                connection.send(new byte[] {b});
            }
            assertThat(connection.read().status()).isEqualTo(201);
        }
    }

    @Test
    void chunkedBodiesAreReadAndTheConnectionIsUsedAgain() throws IOException {
        try (var connection = node.connect()) {
            for (int i = 0; i < 3; i++) {
                connection.send(post(
                        "/api/v1/tables/default/lines/rows",
                        "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n",
                        "3\r\none\r\n5;ext=1\r\n\ntwo\n\r\n0\r\nTrailer: x\r\n\r\n"));
                assertThat(connection.read().body()).isEqualTo("{\"rows\":2}");
            }
        }
    }

    @Test
    void aRefusalInTheMiddleOfASmallBodyKeepsTheConnection() throws IOException {
        try (var connection = node.connect()) {
            var body = "not json\n" + "{\"id\":\"x\"}\n".repeat(100);
            connection.send(post(
                    "/api/v1/tables/default/items/rows",
                    "Content-Type: application/x-ndjson\r\nContent-Length: " + body.length() + "\r\n",
                    body.substring(0, 50)));
            var refusal = connection.read();
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.headers()).doesNotContainKey("connection");
            connection.send(body.substring(50) + get("/healthz"));
            assertThat(connection.read().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void aRefusalBeforeALargeBodyEndsTheConnectionAndArrives() throws IOException {
        try (var connection = node.connect()) {
            connection.send(post(
                    "/api/v1/tables/default/items/rows",
                    "Content-Type: application/x-ndjson\r\nContent-Length: 99999999999\r\n",
                    "{\"id\":\"x\"}\n".repeat(1000)));
            var refusal = connection.read();
            assertThat(refusal.status()).isEqualTo(413);
            assertThat(refusal.body()).contains("limit_bytes=" + HttpLimits.DEFAULT.batchBytes());
            assertThat(refusal.headers()).containsEntry("connection", "close");
            assertThat(connection.ended()).isTrue();
        }
    }

    @Test
    void oneWhoAsksFirstIsToldToContinueOrWhyNot() throws IOException {
        var ask = "Content-Type: text/plain\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
        try (var connection = node.connect()) {
            connection.send(post("/api/v1/tables/default/lines/rows", ask, ""));
            assertThat(connection.read().status()).isEqualTo(100);
            connection.send("abc");
            assertThat(connection.read().body()).isEqualTo("{\"rows\":1}");
            connection.send(post("/api/v1/tables/default/nothing/rows", ask, ""));
            assertThat(connection.read().status()).isEqualTo(404);
        }
        try (var connection = node.connect()) {
            connection.send(post("/api/v1/shard", "Expect: tea\r\nContent-Length: 0\r\n", ""));
            assertThat(connection.read().status()).isEqualTo(417);
        }
    }

    @Test
    void whatIsNotHttpIsRefusedAndTheConnectionEnds() throws IOException {
        var malformed = List.of(
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "bad header\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "a\u0000b: c\r\n\r\n",
                "GET /healthz HTTP/9.9\r\n\r\n",
                post("/api/v1/shard", "Content-Length: -5\r\n", ""),
                post("/api/v1/shard", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
                post("/api/v1/shard", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                post(
                        "/api/v1/tables/default/lines/rows",
                        "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n",
                        "zz\r\nabc\r\n"),
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n");
        for (var request : malformed) {
            try (var connection = node.connect()) {
                connection.send(request);
                var reply = connection.read();
                assertThat(reply.status()).as(request).isIn(400, 505);
                assertThat(reply.headers()).containsEntry("content-type", "application/problem+json");
                assertThat(connection.ended()).as(request).isTrue();
            }
        }
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void theHeadHasLimits() throws IOException {
        try (var connection = node.connect()) {
            connection.send(get("/" + "x".repeat(HttpLimits.DEFAULT.requestLineBytes())));
            assertThat(connection.read().status()).isEqualTo(414);
        }
        try (var connection = node.connect()) {
            connection.send(
                    "GET / HTTP/1.1\r\n" + HOST + ("X-Filler: " + "y".repeat(1000) + "\r\n").repeat(40) + "\r\n");
            assertThat(connection.read().status()).isEqualTo(431);
        }
    }

    @Test
    void aRequestNamesOneHost() throws IOException {
        for (var head : List.of("GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/1.1\r\n" + HOST + HOST + "\r\n")) {
            try (var connection = node.connect()) {
                assertThat(connection.send(head).read().status()).isEqualTo(400);
            }
        }
    }

    @Test
    void anOldClientIsClosedUnlessItAsksToStay() throws IOException {
        try (var connection = node.connect()) {
            connection.send("GET /healthz HTTP/1.0\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("ok\n");
            assertThat(connection.ended()).isTrue();
        }
        try (var connection = node.connect()) {
            connection.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2));
            assertThat(connection.read().headers()).containsEntry("connection", "keep-alive");
            assertThat(connection.read().body()).isEqualTo("ok\n");
        }
        try (var connection = node.connect()) {
            connection.send("GET /healthz HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
            assertThat(connection.read().headers()).containsEntry("connection", "close");
            assertThat(connection.ended()).isTrue();
        }
    }

    @Test
    void silenceEndsAConnection() throws IOException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 300, 300);
        try (var impatient = new HttpNode(limits)) {
            impatient.create("default/lines", "{\"kind\":\"log\"}");
            try (var idle = impatient.connect();
                    var partialHead = impatient.connect();
                    var partialBody = impatient.connect()) {
                partialHead.send("GET /healthz HT");
                partialBody.send(post(
                        "/api/v1/tables/default/lines/rows",
                        "Content-Type: text/plain\r\nContent-Length: 100\r\n",
                        "only this"));
                assertThat(partialBody.read().status()).isEqualTo(408);
                assertThat(partialBody.ended()).isTrue();
                assertThat(idle.ended()).isTrue();
                assertThat(partialHead.ended()).isTrue();
            }
            var status =
                    Json.object(impatient.get("/api/v1/tables/default/lines").body());
            assertThat(Json.member(status, "rows")).containsEntry("hot", 0L);
        }
    }

    @Test
    void aHeadThatComesByTheByteHasNoMoreTimeThanAnother() throws IOException, InterruptedException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 500, 500);
        try (var impatient = new HttpNode(limits);
                var slow = impatient.connect()) {
            var head = "GET /healthz HTTP/1.1\r\n" + "X-Slow: " + "y".repeat(1_000);
            int sent = 0;
            try {
                for (; sent < head.length(); sent++) {
                    slow.send(head.substring(sent, sent + 1));
                    Thread.sleep(50);
                }
            } catch (IOException e) {
                // hung up on, as it should be
            }
            assertThat(sent).as("bytes sent before the connection ended").isLessThan(head.length());
        }
    }

    @Test
    void theDoorClosesThoughItsClientsHang() throws IOException {
        try (var hung = new HttpNode(HttpLimits.DEFAULT)) {
            hung.create("default/lines", "{\"kind\":\"log\"}");
            try (var partialHead = hung.connect();
                    var partialBody = hung.connect();
                    var deaf = hung.connect()) {
                partialHead.send("GET /healthz HT");
                partialBody.send(post(
                        "/api/v1/tables/default/lines/rows",
                        "Content-Type: text/plain\r\nContent-Length: 100\r\n",
                        "only this"));
                deaf.send(get("/openapi.json").repeat(100));
                assertThat(deaf.read().status()).isEqualTo(200);
                assertThat(CompletableFuture.runAsync(hung.door()::close)).succeedsWithin(Duration.ofSeconds(20));
                assertThat(partialHead.ended()).isTrue();
            }
            assertThat(hung.door().budget().usedBytes(MemoryBudget.Purpose.NETWORK))
                    .isZero();
        }
    }

    @Test
    void oneWhoDoesNotReadIsNotReadFromEither() throws IOException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 60_000, 500);
        try (var impatient = new HttpNode(limits);
                var deaf = impatient.connect()) {
            var request = get("/openapi.json").repeat(100).getBytes(StandardCharsets.US_ASCII);
            long sent = 0;
            try {
                // About 36 KB come back for each 40 bytes; a door that kept reading would take this for ever.
                for (int i = 0; i < 100_000; i++) {
                    deaf.send(request);
                    sent += request.length;
                }
            } catch (IOException closedByTheDoor) {
                assertThat(sent).isLessThan(100_000L * request.length);
                assertThat(impatient.get("/healthz").statusCode()).isEqualTo(200);
                return;
            }
            throw new AssertionError("the door read all of it: bytes=" + sent);
        }
    }

    @Test
    void moreConnectionsThanAllowedAreTurnedAway() throws IOException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 2, 60_000, 60_000);
        try (var small = new HttpNode(limits);
                var first = small.connect();
                var second = small.connect()) {
            first.send(get("/healthz"));
            second.send(get("/healthz"));
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(second.read().status()).isEqualTo(200);
            try (var third = small.connect()) {
                var told = third.send(get("/healthz")).read();
                assertThat(told.status()).isEqualTo(503);
                assertThat(told.headers()).containsEntry("connection", "close").containsEntry("retry-after", "1");
                assertThat(told.body()).contains("\"code\":\"TOO_MANY_CONNECTIONS\"", "limit=2");
                assertThat(third.ended()).isTrue();
            }
            first.send(get("/metrics"));
            assertThat(first.read().body()).contains("sherd_http_refused_connections_total 1\n");
        }
    }

    @Test
    void clientsThatVanishLeaveNothingOpen() throws IOException {
        try (var fresh = new HttpNode()) {
            fresh.create("default/lines", "{\"kind\":\"log\"}");
            for (int i = 0; i < 50; i++) {
                try (var connection = fresh.connect()) {
                    connection.send(post(
                            "/api/v1/tables/default/lines/rows",
                            "Content-Type: text/plain\r\nContent-Length: 1000000\r\n",
                            "x".repeat(10_000 + i)));
                }
            }
            var open = Long.MAX_VALUE;
            for (int i = 0; i < 1000 && open > 1; i++) {
                open = Json.number(Json.object(fresh.get("/api/v1/status").body()), "http_connections");
            }
            assertThat(open).isOne();
            assertThat(fresh.door().budget().usedBytes(MemoryBudget.Purpose.NETWORK))
                    .isLessThan(1 << 20);
        }
    }
}
