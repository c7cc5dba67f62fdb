package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sherd.server.http.RawHttp2.CONTINUATION;
import static sherd.server.http.RawHttp2.DATA;
import static sherd.server.http.RawHttp2.END_HEADERS;
import static sherd.server.http.RawHttp2.END_STREAM;
import static sherd.server.http.RawHttp2.ENHANCE_YOUR_CALM;
import static sherd.server.http.RawHttp2.GOAWAY;
import static sherd.server.http.RawHttp2.HEADERS;
import static sherd.server.http.RawHttp2.NO_ERROR;
import static sherd.server.http.RawHttp2.PING;
import static sherd.server.http.RawHttp2.PROTOCOL_ERROR;
import static sherd.server.http.RawHttp2.REFUSED_STREAM;
import static sherd.server.http.RawHttp2.RST_STREAM;
import static sherd.server.http.RawHttp2.SETTINGS;
import static sherd.server.http.RawHttp2.WINDOW_UPDATE;

import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;

/** Frames on the wire: streams beside each other, malice and silence. */
class Http2Test {
    private static final int WINDOW = 65_535;
    private static final String LINES = "/api/v1/tables/default/lines/rows";
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

    /** Whoever did what: the node serves others, and when they have gone nothing of them is left. */
    @AfterEach
    void nothingIsLeft() {
        long open = Long.MAX_VALUE;
        for (int i = 0; i < 2000 && open > 1; i++) {
            open = Json.number(Json.object(node.get("/api/v1/status").body()), "http_connections");
        }
        assertThat(open).isOne();
        var budget = node.door().budget();
        // A connection is no longer counted as soon as it is closed, and then its streams give back what they held.
        for (int i = 0; i < 2000 && budget.usedBytes(MemoryBudget.Purpose.NETWORK) >= 1 << 20; i++) {
            node.get("/healthz");
        }
        assertThat(budget.usedBytes(MemoryBudget.Purpose.NETWORK)).isLessThan(1 << 20);
    }

    private static RawHttp2 connect() throws IOException {
        return new RawHttp2(node.port());
    }

    private static String curl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "-i", "-m", "20"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void curlSpeaksItFromTheStartOrAfterAnUpgrade() throws IOException, InterruptedException {
        var url = node.url("/api/v1/tables/default/kv/rows/curled");
        assertThat(curl(
                        "--http2-prior-knowledge",
                        "-X",
                        "PUT",
                        "-H",
                        "content-type: application/json",
                        "-d",
                        "{\"value\":\"5\"}",
                        url))
                .startsWith("HTTP/2 201");
        assertThat(curl("--http2-prior-knowledge", url))
                .startsWith("HTTP/2 200")
                .endsWith("{\"value\":\"5\"}");
        assertThat(curl("--http2", url, url))
                .startsWith("HTTP/1.1 101")
                .contains("HTTP/2 200")
                .endsWith("{\"value\":\"5\"}");
        assertThat(curl("--http1.1", url)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aWishToUpgradeIsLeftAloneWhereItCannotBeGranted() throws IOException {
        var upgrade = "Host: test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";
        var settings = "HTTP2-Settings: AAMAAABkAAQAAP__\r\n";
        try (var connection = node.connect()) {
            connection.send("POST " + LINES + " HTTP/1.1\r\n" + upgrade + settings
                    + "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(connection.read().body()).isEqualTo("{\"rows\":1}");
            for (var bad : List.of("", "HTTP2-Settings: !!!\r\n", settings + settings)) {
                connection.send("GET /healthz HTTP/1.1\r\n" + upgrade + bad + "\r\n");
                assertThat(connection.read().body()).as(bad).isEqualTo("ok\n");
            }
            connection.send("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\nGET /healthz HTTP/1.1\r\n" + upgrade + settings
                    + "\r\n");
            assertThat(connection.read().body()).isEqualTo("ok\n");
            assertThat(connection.read().status()).isEqualTo(101);
        }
    }

    @Test
    void everyByteMayComeAlone() throws IOException, Http2Exception {
        try (var connection = connect()) {
            var all = new ByteArrayOutputStream();
            all.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(RawHttp2.bytes(SETTINGS, 0, 0, new byte[0]));
            all.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, 1, RawHttp2.head("GET", "/healthz")));
            for (byte b : all.toByteArray()) {
                connection.send(new byte[] {b});
            }
            assertThat(connection.reply(1)).isEqualTo(new RawHttp2.Reply(200, "ok\n"));
        }
    }

    @Test
    void oneRequestDoesNotWaitForAnother() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            connection.post(1, LINES, "content-type", "text/plain").data(1, "one\ntw", false);
            connection.get(3, "/healthz");
            assertThat(connection.reply(3).body()).isEqualTo("ok\n");
            connection.post(5, LINES, "content-type", "text/plain").data(5, "three\n", true);
            assertThat(connection.reply(5).body()).isEqualTo("{\"rows\":1}");
            connection.data(1, "o\n", true);
            assertThat(connection.reply(1).body()).isEqualTo("{\"rows\":2}");
        }
    }

    @Test
    void trailersEndABody() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            connection.post(1, LINES, "content-type", "text/plain").data(1, "a line\n", false);
            var trailer = new ByteArrayOutputStream();
            trailer.write(0x10);
            RawHttp2.string(trailer, "x-sum");
            RawHttp2.string(trailer, "1");
            connection.frame(HEADERS, END_HEADERS | END_STREAM, 1, trailer.toByteArray());
            assertThat(connection.reply(1).body()).isEqualTo("{\"rows\":1}");
        }
    }

    @Test
    void oneWhoAsksFirstIsToldToContinueOrWhyNot() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            connection.post(1, LINES, "content-type", "text/plain", "expect", "100-continue");
            assertThat(connection.headers(connection.read(HEADERS)).status()).hasToString("100");
            connection.data(1, "abc", true);
            assertThat(connection.reply(1).body()).isEqualTo("{\"rows\":1}");
            connection.post(3, "/none", "expect", "100-continue");
            assertThat(connection.reply(3).status()).isEqualTo(404);
            connection.post(5, LINES, "expect", "tea").data(5, "", true);
            assertThat(connection.headers(connection.read(HEADERS)).status()).hasToString("417");
        }
    }

    @Test
    void aRefusalBeforeALargeBodyEndsTheStreamButNotTheConnection() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            connection.post(1, LINES, "content-type", "text/plain", "content-length", "99999999999");
            assertThat(connection.reply(1).status()).isEqualTo(413);
            var reset = connection.read(RST_STREAM);
            assertThat(reset.stream()).isOne();
            assertThat(reset.error()).isEqualTo(NO_ERROR);
            // A little is read instead, so that clients who look at resets first see the refusal.
            connection.post(3, "/none", "content-length", "6").data(3, "abc", false);
            assertThat(connection.reply(3).status()).isEqualTo(404);
            connection.data(3, "def", true).get(5, "/healthz");
            assertThat(connection.reply(5).status()).isEqualTo(200);
        }
    }

    @Test
    void framesThatBreakTheRulesEndTheConnection() throws IOException {
        var get = RawHttp2.head("GET", "/healthz");
        var malformed = new TreeMap<String, byte[]>();
        malformed.put("data on stream 0", RawHttp2.bytes(DATA, 0, 0, new byte[3]));
        malformed.put("data on an idle stream", RawHttp2.bytes(DATA, 0, 7, new byte[3]));
        malformed.put("a stream of the server's", RawHttp2.bytes(HEADERS, 5, 2, get));
        malformed.put("headers on stream 0", RawHttp2.bytes(HEADERS, 5, 0, get));
        malformed.put("a continuation of nothing", RawHttp2.bytes(CONTINUATION, END_HEADERS, 1, get));
        malformed.put("settings cut short", RawHttp2.bytes(SETTINGS, 0, 0, new byte[5]));
        malformed.put("a window too large", RawHttp2.bytes(SETTINGS, 0, 0, new byte[] {0, 4, -1, -1, -1, -1}));
        malformed.put("no window", RawHttp2.bytes(WINDOW_UPDATE, 0, 0, new byte[4]));
        malformed.put("a ping cut short", RawHttp2.bytes(PING, 0, 0, new byte[7]));
        malformed.put("a reset of nothing", RawHttp2.bytes(RST_STREAM, 0, 9, new byte[4]));
        malformed.put("an index that is not there", RawHttp2.bytes(HEADERS, 5, 1, new byte[] {(byte) 0xFE}));
        malformed.put("a frame too large", new byte[] {1, 0, 0, DATA, 0, 0, 0, 0, 1});
        malformed.put("padding longer than the frame", RawHttp2.bytes(HEADERS, 5 | 8, 1, new byte[] {100, 0, 0}));
        for (var entry : malformed.entrySet()) {
            try (var connection = connect().greet(WINDOW)) {
                connection.send(entry.getValue());
                assertThat(connection.goodbye()).as(entry.getKey()).isPositive();
            }
        }
        try (var connection = connect().greet(WINDOW)) {
            connection.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.goodbye()).isPositive();
        }
    }

    @Test
    void aMalformedRequestEndsItsStreamOnly() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            int stream = 1;
            for (var bad : List.of(
                    List.of("Upper", "x"), List.of("connection", "close"), List.of(":late", "x"), List.of("te", "x"))) {
                connection.frame(
                        HEADERS,
                        END_HEADERS | END_STREAM,
                        stream,
                        RawHttp2.head("GET", "/healthz", bad.getFirst(), bad.getLast()));
                var reset = connection.read(RST_STREAM);
                assertThat(reset.stream()).as(bad.toString()).isEqualTo(stream);
                assertThat(reset.error()).isEqualTo(PROTOCOL_ERROR);
                stream += 2;
            }
            connection.post(stream, LINES, "content-type", "text/plain", "content-length", "5");
            connection.data(stream, "abc", true);
            assertThat(connection.read(RST_STREAM).stream()).isEqualTo(stream);
            connection.get(stream + 2, "/healthz");
            assertThat(connection.reply(stream + 2).status()).isEqualTo(200);
        }
    }

    @Test
    void headsHaveLimits() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            var header = "y".repeat(1000);
            var most = new ArrayList<String>();
            for (int i = 0; i < 40; i++) {
                most.addAll(List.of("x-filler", header));
            }
            split(connection, 1, RawHttp2.head("GET", "/healthz", most.toArray(String[]::new)));
            assertThat(connection.reply(1).status()).isEqualTo(431);
            split(connection, 3, RawHttp2.head("GET", "/" + "x".repeat(HttpLimits.DEFAULT.requestLineBytes())));
            assertThat(connection.reply(3).status()).isEqualTo(414);
            connection.get(5, "/healthz");
            assertThat(connection.reply(5).status()).isEqualTo(200);
        }
    }

    private static void split(RawHttp2 connection, int stream, byte[] block) throws IOException {
        int piece = 16_384;
        for (int at = 0; at < block.length; at += piece) {
            int end = Math.min(block.length, at + piece);
            int flags = end == block.length ? END_HEADERS : 0;
            connection.frame(
                    at == 0 ? HEADERS : CONTINUATION,
                    at == 0 ? flags | END_STREAM : flags,
                    stream,
                    Arrays.copyOfRange(block, at, end));
        }
    }

    @Test
    void aSmallBlockThatGrowsIntoALargeHeadIsRefused() throws IOException, Http2Exception {
        var block = new ByteArrayOutputStream();
        block.writeBytes(RawHttp2.head("GET", "/healthz"));
        block.write(0x40); // a literal that is indexed
        RawHttp2.string(block, "x");
        RawHttp2.string(block, "y".repeat(3900));
        for (int i = 0; i < 10_000; i++) {
            block.write(0x80 | 62); // the same again
        }
        try (var connection = connect().greet(WINDOW)) {
            connection.frame(HEADERS, END_HEADERS | END_STREAM, 1, block.toByteArray());
            assertThat(connection.reply(1).status()).isEqualTo(431);
        }
    }

    @Test
    void aHeadThatNeverEndsIsCutOff() throws IOException {
        try (var connection = connect().greet(WINDOW)) {
            connection.frame(HEADERS, END_STREAM, 1, RawHttp2.head("GET", "/healthz"));
            int sent = 0;
            try {
                for (; sent < 1_000_000; sent++) {
                    connection.frame(CONTINUATION, 0, 1, new byte[] {0x10, 1, 'x', 1, 'y'});
                }
            } catch (IOException closedByTheDoor) {
                assertThat(sent).isPositive();
                return;
            }
        }
        throw new AssertionError("the door read all of it");
    }

    @Test
    void longHeadsAreNotCollectedOnStreamsThatStayOpen() throws IOException {
        try (var connection = connect().greet(WINDOW)) {
            var filler = "z".repeat(14_000);
            int streams = 40;
            for (int i = 0; i < streams; i++) {
                connection.post(2 * i + 1, LINES, "content-type", "text/plain", "x-filler", filler);
            }
            var refused = connection.read(RST_STREAM);
            assertThat(refused.error()).isEqualTo(REFUSED_STREAM);
            assertThat(refused.stream()).isBetween(2 * 15, 2 * 25);
        }
    }

    @Test
    void moreStreamsThanAllowedAreRefusedThoughOurSettingsWereNeverAcknowledged() throws IOException {
        try (var connection = connect().greet(WINDOW)) {
            for (int i = 0; i <= Http2Handler.MOST_STREAMS; i++) {
                connection.post(2 * i + 1, LINES, "content-type", "text/plain");
            }
            var refused = connection.read(RST_STREAM);
            assertThat(refused.error()).isEqualTo(REFUSED_STREAM);
            assertThat(refused.stream()).isEqualTo(2 * Http2Handler.MOST_STREAMS + 1);
        }
    }

    @Test
    void requestsTakenBackAtOnceAreNotAnsweredForLong() throws IOException, Http2Exception {
        // With no window: one that has been answered before it is taken back would not count.
        try (var connection = connect().greet(0)) {
            int resets = 200;
            for (int i = 0; i < resets; i++) {
                connection.get(2 * i + 1, "/openapi.json").reset(2 * i + 1);
            }
            int next = 2 * resets + 1;
            connection.get(next, "/healthz");
            var frame = connection.read(HEADERS);
            while (frame.stream() != next) {
                frame = connection.read(HEADERS);
            }
            // One more, and nothing after it: what is unread when a socket is closed would swallow the goodbye.
            connection.get(next + 2, "/openapi.json").reset(next + 2);
            assertThat(connection.goodbye()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void resetsOfWhatHasBeenAnsweredAreNotCounted() throws IOException, Http2Exception {
        try (var connection = connect().greet(WINDOW)) {
            for (int i = 0; i < 300; i++) {
                connection.get(2 * i + 1, "/healthz");
                assertThat(connection.reply(2 * i + 1).status()).isEqualTo(200);
                connection.reset(2 * i + 1);
            }
            connection.get(601, "/healthz");
            assertThat(connection.reply(601).status()).isEqualTo(200);
        }
    }

    @Test
    void oneWhoseWindowStaysShutCostsLittleAndIsEnded() throws IOException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 60_000, 500);
        try (var impatient = new HttpNode(limits);
                var shut = new RawHttp2(impatient.port()).greet(0)) {
            for (int i = 0; i < Http2Handler.MOST_STREAMS; i++) {
                shut.get(2 * i + 1, "/openapi.json");
            }
            int begun = 0;
            for (var frame = shut.read(); frame != null; frame = shut.read()) {
                assertThat(frame.type()).isNotEqualTo(DATA);
                begun += frame.type() == HEADERS ? 1 : 0;
            }
            // About 36 KB each: some are made and held, the others were not even begun.
            assertThat(begun).isBetween(10, 60);
            assertThat(impatient.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneWhoOpensTheWindowLateGetsEverything() throws IOException {
        int wanted = node.get("/openapi.json").body().length();
        try (var slow = connect().greet(0)) {
            for (int i = 0; i < Http2Handler.MOST_STREAMS; i++) {
                slow.get(2 * i + 1, "/openapi.json");
            }
            for (int i = 0; i < 10; i++) {
                slow.read(HEADERS);
            }
            for (int i = 0; i < Http2Handler.MOST_STREAMS; i++) {
                slow.window(2 * i + 1, 1 << 20);
            }
            slow.window(0, 1 << 28);
            long received = 0;
            for (int ended = 0; ended < Http2Handler.MOST_STREAMS; ) {
                var data = slow.read(DATA);
                received += data.payload().length;
                ended += data.ends() ? 1 : 0;
            }
            assertThat(received).isEqualTo((long) wanted * Http2Handler.MOST_STREAMS);
        }
    }

    @Test
    void silenceEndsAStreamOrTheConnection() throws IOException, Http2Exception {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 300, 300);
        try (var impatient = new HttpNode(limits)) {
            impatient.create("default/lines", "{\"kind\":\"log\"}");
            try (var idle = new RawHttp2(impatient.port()).greet(WINDOW);
                    var half = new RawHttp2(impatient.port()).greet(WINDOW);
                    var preface = new RawHttp2(impatient.port())) {
                preface.send("PRI * HTTP".getBytes(StandardCharsets.US_ASCII));
                half.post(1, LINES, "content-type", "text/plain").data(1, "only this", false);
                assertThat(half.reply(1).status()).isEqualTo(408);
                assertThat(half.goodbye()).isEqualTo(NO_ERROR);
                assertThat(idle.goodbye()).isEqualTo(NO_ERROR);
                assertThat(preface.read()).isNull();
            }
            var table =
                    Json.object(impatient.get("/api/v1/tables/default/lines").body());
            assertThat(Json.member(table, "rows")).containsEntry("hot", 0L);
        }
    }

    @Test
    void aDoorThatClosesSaysGoodbye() throws IOException, Http2Exception {
        var closing = new HttpNode();
        closing.create("default/lines", "{\"kind\":\"log\"}");
        try (var idle = new RawHttp2(closing.port()).greet(WINDOW);
                var busy = new RawHttp2(closing.port()).greet(WINDOW)) {
            idle.get(1, "/healthz").reply(1);
            busy.post(1, LINES, "content-type", "text/plain").get(3, "/healthz").reply(3);
            closing.close();
            assertThat(idle.goodbye()).isEqualTo(NO_ERROR);
            assertThat(busy.read(GOAWAY).error()).isEqualTo(NO_ERROR);
            assertThat(busy.goodbye()).isEqualTo(-1);
        }
    }
}
