package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sherd.server.http.RawHttp2.DATA;
import static sherd.server.http.RawHttp2.END_HEADERS;
import static sherd.server.http.RawHttp2.END_STREAM;
import static sherd.server.http.RawHttp2.HEADERS;
import static sherd.server.http.RawHttp2.NO_ERROR;
import static sherd.server.http.RawHttp2.RST_STREAM;
import static sherd.server.http.RawHttp2.SETTINGS;
import static sherd.server.http.RawHttp2.WINDOW_UPDATE;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From HTTP/1.1 to HTTP/2 on an open connection, with a response that is larger than most windows. */
final class Http2UpgradeTest {
    private static final int WINDOW = 65_535;
    private static final int ACK = 1;
    private static HttpNode node;
    private static int wanted;

    @BeforeAll
    static void open() {
        node = new HttpNode();
        wanted = node.get("/openapi.json").body().length();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static byte[] request(int window) {
        var settings = Base64.getUrlEncoder().withoutPadding().encodeToString(RawHttp2.windowSetting(window));
        return ("GET /openapi.json HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: " + settings + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] get(int stream) {
        return RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, stream, RawHttp2.head("GET", "/healthz"));
    }

    private static byte[] window(int stream, int bytes) {
        return RawHttp2.bytes(
                WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    private static byte[] all(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (var part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The lengths of the bodies on some streams, which may come in any order. */
    private static Map<Integer, Integer> lengths(RawHttp2 connection, Integer... streams) throws IOException {
        var lengths = new HashMap<Integer, Integer>();
        var open = new HashSet<>(List.of(streams));
        while (!open.isEmpty()) {
            var frame = connection.read();
            if (frame == null) {
                throw new EOFException("open=" + open + " received=" + lengths);
            }
            if (frame.type() == DATA) {
                lengths.merge(frame.stream(), frame.payload().length, Integer::sum);
            }
            if (frame.ends()) {
                open.remove(frame.stream());
            }
        }
        return lengths;
    }

    @Test
    void theRequestAndAllThatFollowsMayComeInAnyTwoPieces() throws IOException, InterruptedException {
        var sent = all(request(WINDOW), RawHttp2.greeting(WINDOW), get(3));
        for (int cut = 1; cut <= sent.length; cut++) {
            try (var connection = new RawHttp2(node.port())) {
                connection.send(Arrays.copyOf(sent, cut));
                Thread.sleep(1); // most often the rest is not there yet when the first piece is read
                connection.send(Arrays.copyOfRange(sent, cut, sent.length));
                assertThat(connection.answerToUpgrade()).as("cut=%d", cut).startsWith("HTTP/1.1 101 ");
                assertThat(lengths(connection, 1, 3)).as("cut=%d", cut).isEqualTo(Map.of(1, wanted, 3, 3));
            }
        }
    }

    /** Java's client may lose the end of a long response that comes before it has changed over, and wait for ever. */
    @Test
    void nothingIsAnsweredBeforeTheClientSpeaksHttp2() throws IOException {
        try (var connection = new RawHttp2(node.port())) {
            connection.send(request(WINDOW));
            assertThat(connection.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
            connection.greet(WINDOW);
            boolean acknowledged = false;
            for (var frame = connection.read(); frame != null && frame.type() != HEADERS; frame = connection.read()) {
                acknowledged |= frame.type() == SETTINGS && frame.flags() == ACK;
            }
            assertThat(acknowledged)
                    .as("the client's settings came before the response")
                    .isTrue();
            assertThat(lengths(connection, 1)).isEqualTo(Map.of(1, wanted));
        }
    }

    @Test
    void oneWhoIsSilentAfterAnUpgradeIsEnded() throws IOException {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 1 << 20, 1 << 16, 100, 300, 300);
        try (var impatient = new HttpNode(limits);
                var silent = new RawHttp2(impatient.port())) {
            silent.send(request(WINDOW));
            assertThat(silent.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
            assertThat(silent.goodbye()).isEqualTo(NO_ERROR);
        }
    }

    @Test
    void theWindowMayOpenAtAnyTimeAfterTheRequest() throws IOException {
        var opened = RawHttp2.bytes(SETTINGS, 0, 0, RawHttp2.windowSetting(WINDOW));
        for (var later : List.of(
                RawHttp2.greeting(WINDOW),
                all(RawHttp2.greeting(0), opened),
                all(RawHttp2.greeting(0), window(1, WINDOW)),
                all(RawHttp2.greeting(10_000), window(1, 1), window(0, 1), window(1, WINDOW)))) {
            try (var together = new RawHttp2(node.port())) {
                together.send(all(request(0), later));
                assertThat(together.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
                assertThat(lengths(together, 1)).isEqualTo(Map.of(1, wanted));
            }
            try (var after = new RawHttp2(node.port())) {
                after.send(request(0));
                assertThat(after.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
                after.send(later);
                assertThat(lengths(after, 1)).isEqualTo(Map.of(1, wanted));
            }
        }
    }

    @Test
    void aResponseGoesOutByAsLittleAsTheWindowLets() throws IOException {
        try (var connection = new RawHttp2(node.port())) {
            connection.send(request(0));
            assertThat(connection.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
            connection.greet(0);
            int received = 0;
            for (int step = 1; received < wanted; step += 7) {
                connection.window(1, step);
                int due = Math.min(wanted, received + step);
                while (received < due) {
                    received += connection.read(DATA).payload().length;
                }
                assertThat(received).isEqualTo(due);
            }
        }
    }

    @Test
    void theRequestMayBeTakenBackWithTheFirstFrames() throws IOException {
        var reset = RawHttp2.bytes(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
        try (var connection = new RawHttp2(node.port())) {
            connection.send(all(request(0), RawHttp2.greeting(0), reset, window(0, 1), get(3), window(3, 3)));
            assertThat(connection.answerToUpgrade()).startsWith("HTTP/1.1 101 ");
            assertThat(lengths(connection, 3)).isEqualTo(Map.of(3, 3));
            connection.send(all(get(5), window(5, 3)));
            assertThat(lengths(connection, 5)).isEqualTo(Map.of(5, 3));
        }
    }
}
