package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;

/**
 * The memory limit is a promise about the process: a node that gets ten times as much as it may hold archives while it
 * is written to, refuses what does not fit at the moment, and has everything it accepted.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class MemoryPromiseTest {
    private static final int LIMIT_MIB = Integer.getInteger("sherd.promise.mib", 32);
    private static final int HEAP_MIB = 128;
    /** What a JVM takes beside its heap, and Netty's buffers. */
    private static final int REST_MIB = 160;

    private static final long LOAD_BYTES = (10L * LIMIT_MIB) << 20;
    private static final int VALUE_BYTES = 1000;
    private static final int WINDOW = 200;
    private static final int SAMPLES = 200;
    private static final int PAUSE_MILLIS = 20;
    /** A node that has refused for this long will refuse for ever. */
    private static final int MOST_REFUSALS = 60_000 / PAUSE_MILLIS;

    private static final String TABLE = "/api/v1/tables/logs/app";

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(11);
    private final byte[] noise = new byte[1 << 16];
    private NodeProcess node;
    private long refused;

    @BeforeEach
    void start() throws IOException {
        node = NodeProcess.start(
                folder.resolve("data"),
                folder.resolve("log"),
                List.of("-Xmx" + HEAP_MIB + "m"),
                "storage.memory-limit=" + LIMIT_MIB + "MiB",
                "archive.min-age=0s",
                "log.checkpoint=" + LIMIT_MIB + "MiB",
                "table.shards=8");
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (random.nextInt(6) == 0 ? ' ' : 'a' + random.nextInt(26));
        }
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        long peak = node.peakOwnBytes() >> 20;
        System.out.println("MemoryPromiseTest limit=" + LIMIT_MIB + "MiB peak=" + peak + "MiB refused=" + refused);
        try (var ended = node) {
            assertThat(ended.stop()).isZero();
        }
        http.close();
        assertThat(Engine.check(new LocalDisk(folder.resolve("data")))).isEmpty();
        assertThat(Files.readString(folder.resolve("log"))).doesNotContain("ERROR");
        assertThat(peak).as("MiB in use at most").isPositive().isLessThan(HEAP_MIB + LIMIT_MIB + REST_MIB);
    }

    private HttpResponse<String> send(String method, String path, String body, String type)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(node.url(path)))
                .header("content-type", type)
                .method(method, BodyPublishers.ofString(body));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private String text(long number, int bytes) {
        int from = (int) (number * 7919 % (noise.length - bytes));
        return new String(noise, from, bytes, StandardCharsets.US_ASCII);
    }

    private String line(long number) {
        return "id" + number + " " + text(number, 200);
    }

    @Test
    void tenTimesItsMemoryInLogRows() throws IOException, InterruptedException {
        assertThat(send("PUT", TABLE, "{\"kind\":\"log\"}", "application/json").statusCode())
                .isEqualTo(201);
        long bytes = 0;
        long rows = 0;
        while (bytes < LOAD_BYTES) {
            var body = new StringBuilder();
            long first = rows;
            while (body.length() < 1 << 19) {
                body.append(line(rows++)).append('\n');
            }
            bytes += body.length();
            append(body.toString(), rows - first);
        }
        var described = send("GET", TABLE, "", "text/plain").body();
        assertThat(number(described, "hot") + number(described, "archived"))
                .as(described)
                .isEqualTo(rows);
        for (int i = 0; i < SAMPLES; i++) {
            long wanted = random.nextLong(rows);
            var found = send("GET", TABLE + "/search?q=id" + wanted, "", "text/plain");
            assertThat(found.body()).contains("\"total\":1,", line(wanted));
        }
    }

    @Test
    void loadWaitsForRoom() throws IOException, InterruptedException {
        var file = folder.resolve("lines.txt");
        long rows = ((3L * LIMIT_MIB) << 20) / line(0).length();
        try (var out = Files.newBufferedWriter(file)) {
            for (long i = 0; i < rows; i++) {
                out.write(line(i) + "\n");
            }
        }
        var command = NodeProcess.command(
                List.of("-Xmx64m"), "load", file.toString(), "--table", "logs.app", "--http", node.url(""));
        var load = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(load.waitFor()).as(output).isZero();
        assertThat(output).contains("loaded " + rows + " rows in ");
        assertThat(send("GET", TABLE + "/search?q=id" + (rows - 1), "", "text/plain")
                        .body())
                .contains("\"total\":1,");
    }

    private void append(String body, long rows) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < MOST_REFUSALS; attempt++) {
            var answer = send("POST", TABLE + "/rows", body, "text/plain");
            if (answer.statusCode() == 200) {
                assertThat(answer.body()).isEqualTo("{\"rows\":" + rows + "}");
                return;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
            assertThat(answer.body()).contains("memory");
            refused++;
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new AssertionError("refused for ever: "
                + send("GET", "/api/v1/status", "", "text/plain").body());
    }

    private static long number(String json, String member) {
        var digits = json.substring(json.indexOf("\"" + member + "\":") + member.length() + 3);
        return Long.parseLong(digits.split("\\D", 2)[0]);
    }

    @Test
    void tenTimesItsMemoryInRecords() throws IOException, InterruptedException {
        long rows = LOAD_BYTES / VALUE_BYTES;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), node.respPort())) {
            socket.setSoTimeout(60_000);
            var in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            for (long first = 0; first < rows; first += WINDOW) {
                var left = new boolean[WINDOW];
                int missing = WINDOW;
                for (int attempt = 0; missing > 0; attempt++) {
                    assertThat(attempt).as("attempts, first=" + first).isLessThan(MOST_REFUSALS);
                    missing = set(socket, in, first, left);
                }
            }
            assertThat(ask(socket, in, "DBSIZE")).isEqualTo(":" + (rows + WINDOW - 1) / WINDOW * WINDOW);
            for (int i = 0; i < SAMPLES * 5; i++) {
                long wanted = random.nextLong(rows);
                assertThat(ask(socket, in, "GET", "key" + wanted)).isEqualTo(text(wanted, VALUE_BYTES));
            }
        }
    }

    /** Sends what has not been accepted of a window; returns how many were refused. */
    private int set(Socket socket, BufferedInputStream in, long first, boolean[] accepted)
            throws IOException, InterruptedException {
        var request = new ByteArrayOutputStream();
        for (int i = 0; i < WINDOW; i++) {
            if (!accepted[i]) {
                request.writeBytes(encode("SET", "key" + (first + i), text(first + i, VALUE_BYTES)));
            }
        }
        socket.getOutputStream().write(request.toByteArray());
        int missing = 0;
        for (int i = 0; i < WINDOW; i++) {
            if (!accepted[i]) {
                var reply = reply(in);
                accepted[i] = reply.equals("+OK");
                if (!accepted[i]) {
                    assertThat(reply).startsWith("-OOM ");
                    missing++;
                }
            }
        }
        if (missing > 0) {
            refused += missing;
            Thread.sleep(PAUSE_MILLIS);
        }
        return missing;
    }

    private static byte[] encode(String... words) {
        var text = new StringBuilder("*").append(words.length).append("\r\n");
        for (var word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String ask(Socket socket, BufferedInputStream in, String... words) throws IOException {
        while (true) {
            socket.getOutputStream().write(encode(words));
            var reply = reply(in);
            if (!reply.startsWith("-OOM ")) {
                return reply;
            }
        }
    }

    /** A line, or a bulk's content. */
    private static String reply(BufferedInputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            assertThat(c).as("connection ended").isNotNegative();
            line.append((char) c);
        }
        var head = line.substring(0, line.length() - 1);
        if (!head.startsWith("$") || head.equals("$-1")) {
            return head;
        }
        int length = Integer.parseInt(head.substring(1));
        return new String(in.readNBytes(length + 2), 0, length, StandardCharsets.US_ASCII);
    }
}
