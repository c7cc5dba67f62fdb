package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are unusual or wrong in ways clients, proxies and attackers come up with. */
class OddRequestsTest {
    private static final String ROWS = "/api/v1/tables/default/lines/rows";
    private static HttpNode node;

    @BeforeAll
    static void open() {
        node = new HttpNode();
        node.create("default/lines", "{\"kind\":\"log\"}");
    }

    @AfterAll
    static void close() {
        node.close();
    }

    /** Whatever came, nothing of it was written and the node serves others. */
    @AfterEach
    void theNodeLives() {
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(Json.object(node.get("/api/v1/tables/default/lines/search").body()))
                .containsEntry("total", 0L);
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }

    private static String append(String headers, String body) {
        return "POST " + ROWS + " HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n" + headers + "\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
                "-1\r\nabc\r\n0\r\n\r\n",
                "\r\nabc\r\n0\r\n\r\n",
                "3 3\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "3\r\nabcdef\r\n0\r\n\r\n",
            })
    void chunksThatAreNoneAreRefused(String chunks) throws IOException {
        refused(append("Transfer-Encoding: chunked\r\n", chunks), 400);
    }

    @Test
    void aBodyWhoseLengthIsNotKnownForSureIsRefused() throws IOException {
        refused(append("Content-Length: +3\r\n", "abc"), 400);
        refused(append("Content-Length: 3, 4\r\n", "abc"), 400);
        refused(append("Content-Length: 99999999999999999999\r\n", "abc"), 400);
        refused(append("Content-Length: abc\r\n", "abc"), 400);
        refused(append("Transfer-Encoding: gzip\r\n", "3\r\nabc\r\n0\r\n\r\n"), 400, 501);
        refused(append("Transfer-Encoding: chunked, gzip\r\n", "3\r\nabc\r\n0\r\n\r\n"), 400, 501);
        refused(append("Transfer-Encoding: xchunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 400, 501);
        refused(append("Transfer-Encoding : chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 400);
    }

    /** A refusal, and the connection ends: where the next request starts nobody can tell. */
    private static void refused(String request, Integer... status) throws IOException {
        try (var connection = node.connect()) {
            connection.send(request + get("/healthz"));
            var reply = connection.read();
            assertThat(reply.status()).as(request + reply.body()).isIn((Object[]) status);
            assertThat(reply.headers()).as(request).containsEntry("content-type", "application/problem+json");
            assertThat(connection.ended()).as(request).isTrue();
        }
    }

    @Test
    void garbageAfterARequestDoesNotChangeItsAnswer() throws IOException {
        try (var connection = node.connect()) {
            connection.send(get("/healthz") + get("/healthz") + "\u0000\u00ff garbage\r\n\r\n" + get("/healthz"));
            assertThat(connection.read().body()).isEqualTo("ok\n");
            assertThat(connection.read().body()).isEqualTo("ok\n");
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.ended()).isTrue();
        }
    }

    @Test
    void unknownMethodsAreToldSoAndTheConnectionGoesOn() throws IOException {
        try (var connection = node.connect()) {
            for (var method : List.of("BREW", "get", "TRACE", "PROPFIND")) {
                var reply = connection
                        .send(method + " /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
                        .read();
                assertThat(reply.status()).as(method).isIn(405, 501);
                assertThat(reply.body()).contains(method);
            }
            assertThat(connection.send(get("/healthz")).read().status()).isEqualTo(200);
        }
        try (var connection = node.connect()) {
            connection.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n");
            assertThat(connection.read().status()).isIn(400, 405, 501);
        }
    }

    @Test
    void aTargetMayBeAWholeAddressOrTooLittle() throws IOException {
        try (var connection = node.connect()) {
            assertThat(connection
                            .send(get("http://other.example/healthz"))
                            .read()
                            .body())
                    .isEqualTo("ok\n");
            assertThat(connection.send(get("http://other.example")).read().status())
                    .isEqualTo(404);
            assertThat(connection.send(get("/healthz?")).read().status()).isEqualTo(200);
            assertThat(connection.send(get("//healthz")).read().status()).isEqualTo(404);
            assertThat(connection.send(get("healthz")).read().status()).isEqualTo(400);
            assertThat(connection.send(get("*")).read().status()).isEqualTo(400);
        }
    }

    @Test
    void brokenPercentEncodingIsNamedWithItsPlace() throws IOException {
        try (var connection = node.connect()) {
            for (var bad : List.of("%", "%4", "%zz", "a%g0b", "%u0041")) {
                for (var target : List.of(
                        "/api/v1/tables/default/kv/rows/" + bad,
                        "/api/v1/tables/default/" + bad,
                        "/api/v1/tables/default/lines/search?q=" + bad)) {
                    var reply = connection.send(get(target)).read();
                    assertThat(reply.status()).as(target).isEqualTo(400);
                    assertThat(reply.body()).as(target).contains("bad percent-encoding", bad);
                }
            }
            for (var target : List.of("/api/v1/tables/default/%ff", "/api/v1/tables/default/lines/search?q=%c3")) {
                var reply = connection.send(get(target)).read();
                assertThat(reply.status()).as(target).isEqualTo(400);
                assertThat(reply.body()).as(target).contains("not UTF-8");
            }
            // A plain key may be any bytes.
            assertThat(connection
                            .send(get("/api/v1/tables/default/kv/rows/%ff%00"))
                            .read()
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void keysAndValuesBeyondTheLimitAreRefusedWithTheLimit() {
        var rows = "/api/v1/tables/default/kv/rows/";
        var longKey = node.json("PUT", rows + "k".repeat((64 << 10) + 1), "{\"value\":\"v\"}");
        assertThat(longKey.statusCode()).isIn(400, 413);
        assertThat(Json.text(HttpNode.problem(longKey), "detail")).contains("bytes=65537", "65536");
        var longest = rows + "k".repeat(64 << 10);
        assertThat(node.json("PUT", longest, "{\"value\":\"v\"}").statusCode()).isEqualTo(201);
        assertThat(node.get(longest).statusCode()).isEqualTo(200);
        var longDocument = node.json("PUT", rows + "k", "{\"value\":\"" + "v".repeat(2 << 20) + "\"}");
        assertThat(longDocument.statusCode()).isEqualTo(413);
        assertThat(Json.text(HttpNode.problem(longDocument), "detail")).contains("limit_bytes=");
        assertThat(node.get(rows + "k").statusCode()).isEqualTo(404);
    }
}
