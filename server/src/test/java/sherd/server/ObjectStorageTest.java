package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import sherd.server.objects.ObjectServer;

/** A real node in a process of its own, with an object store that is somebody else's. */
final class ObjectStorageTest {
    private static final String TABLE = "/api/v1/tables/logs/app";
    private static final String KEYS = "/api/v1/tables/default/kv";
    private static final Pattern CHECKPOINT = Pattern.compile("\"checkpoint_lsn\":(\\d+)");
    private static final Pattern HOMES = Pattern.compile("\"segments_by_home\":\\{([^}]*)}");
    private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");
    private static final Pattern UNREACHABLE = Pattern.compile("\"unreachable\":(\\d+)");
    private static final Pattern SEGMENT =
            Pattern.compile("\"name\":\"([^\"]+)\".*\"sha256\":\"([0-9a-f]{64})\",\"state\":\"(\\w+)\"");
    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private Path data() {
        return folder.resolve("data");
    }

    private NodeProcess start(ObjectServer server, String... more) throws IOException {
        var settings = new ArrayList<>(List.of(server.settings(
                "objects.upload-after=0",
                "objects.keep-local=0",
                "listen.threads=1",
                "log.sync=always",
                "log.checkpoint=1MiB")));
        settings.addAll(List.of(more));
        return NodeProcess.start(data(), folder.resolve("log"), NodeProcess.SHORT, settings.toArray(String[]::new));
    }

    private String send(NodeProcess node, String method, String path, String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(node.url(path)))
                .header("content-type", type)
                .method(method, BodyPublishers.ofString(body))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }

    private String get(NodeProcess node, String path) throws Exception {
        return send(node, "GET", path, "text/plain", "");
    }

    private void create(NodeProcess node) throws Exception {
        send(node, "PUT", TABLE, "application/json", "{\"kind\":\"log\"}");
    }

    private void lines(NodeProcess node, int from, int to) throws Exception {
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append("line number").append(i).append(" of the object storage test\n");
        }
        send(node, "POST", TABLE + "/rows", "text/plain", text.toString());
    }

    private void archive(NodeProcess node, String table) throws Exception {
        send(node, "POST", table + "/archive", "application/json", "{\"older_than\":\"0s\"}");
    }

    private long total(NodeProcess node, String query) throws Exception {
        return number(TOTAL, get(node, TABLE + "/search?limit=1&q=" + query));
    }

    private static long number(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return Long.parseLong(found.group(1));
    }

    /** Until all segments are in object storage only. */
    private void awaitRemote(NodeProcess node) throws Exception {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            var status = get(node, "/api/v1/status");
            var homes = HOMES.matcher(status);
            assertThat(homes.find()).isTrue();
            if (homes.group(1).matches("\"remote\":\\d+") && status.contains("\"to_delete\":0")) {
                return;
            }
            assertThat(System.nanoTime()).as(status).isLessThan(until);
            Thread.sleep(100);
        }
    }

    /** Long enough that keys do not lie together in one page. */
    private static String value(int key) {
        var bytes = new byte[4000];
        new Random(key).nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** After it the log has no row that was archived before. */
    private void forceCheckpoint(NodeProcess node, Jedis redis) throws Exception {
        long before = number(CHECKPOINT, get(node, "/api/v1/status"));
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (number(CHECKPOINT, get(node, "/api/v1/status")) == before) {
            redis.set("filler", "x".repeat(300_000));
            assertThat(System.nanoTime()).isLessThan(until);
        }
    }

    private static Jedis redis(NodeProcess node) {
        return new Jedis("127.0.0.1", node.respPort(), 20_000);
    }

    private List<String> segmentFiles() throws IOException {
        try (var files = Files.list(data().resolve("segments"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("arc") && name.endsWith(".tar"))
                    .toList();
        }
    }

    private static String run(int status, String... words) throws Exception {
        var process = new ProcessBuilder(NodeProcess.command(NodeProcess.SHORT, words))
                .redirectErrorStream(true)
                .start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isEqualTo(status);
        return text;
    }

    @Test
    void segmentsLeaveTheNodeAndAreFoundAndReadFromThere() throws Exception {
        try (var server = ObjectServer.stoppingAtOnce(folder.resolve("objects"))) {
            try (var node = start(server);
                    var redis = redis(node)) {
                create(node);
                lines(node, 0, 3000);
                for (int i = 0; i < 500; i++) {
                    redis.set("key" + i, value(i));
                }
                archive(node, TABLE);
                archive(node, KEYS);
                forceCheckpoint(node, redis);
                awaitRemote(node);
                assertThat(segmentFiles()).isEmpty();
                assertThat(server.objects()).hasSize(2);
                assertServes(node, redis);
            } // killed
            try (var node = start(server);
                    var redis = redis(node)) {
                assertServes(node, redis);
                assertSends(node, server);
                awayAndBack(server, node, redis);
                assertThat(node.stop()).isZero();
            }
            assertThat(run(0, "check", data().toString()))
                    .contains("ok: ", "2 segments in object storage not looked at");
            assertThat(run(0, "segment", "list", data().toString())).contains("home", "remote");
            checksObjects(server);
        }
    }

    private void assertServes(NodeProcess node, Jedis redis) throws Exception {
        assertThat(total(node, "object")).isEqualTo(3000);
        assertThat(total(node, "number2718")).isEqualTo(1);
        assertThat(total(node, "nosuchword")).isZero();
        assertThat(redis.get("key77")).isEqualTo(value(77));
        assertThat(redis.get("nokey")).isNull();
        assertThat(redis.dbSize()).isEqualTo(501);
    }

    /** Segments that are not on the node come through it as they are. */
    private void assertSends(NodeProcess node, ObjectServer server) throws Exception {
        var listed = SEGMENT.matcher(get(node, TABLE + "/segments"));
        assertThat(listed.find()).isTrue();
        assertThat(listed.group(3)).isEqualTo("remote");
        var request = HttpRequest.newBuilder(URI.create(node.url(TABLE + "/segments/" + listed.group(1))));
        var whole = client.send(request.build(), BodyHandlers.ofByteArray());
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("etag")).contains("\"" + listed.group(2) + "\"");
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(whole.body())))
                .isEqualTo(listed.group(2));
        assertThat(server.objects()).anySatisfy(object -> assertThat(object).hasBinaryContent(whole.body()));
        var part = client.send(request.header("range", "bytes=1000-1999").build(), BodyHandlers.ofByteArray());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 1000, 2000));
        server.stop();
        var away = client.send(request.build(), BodyHandlers.ofString());
        server.start();
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.body()).contains("OBJECTS_UNAVAILABLE");
    }

    private void awayAndBack(ObjectServer server, NodeProcess node, Jedis redis) throws Exception {
        server.stop();
        lines(node, 3000, 3001);
        var answer = get(node, TABLE + "/search?limit=1&q=test");
        assertThat(number(TOTAL, answer) + 3000 * number(UNREACHABLE, answer)).isEqualTo(3001);
        assertThatThrownBy(() -> redis.get("key499"))
                .isInstanceOf(JedisDataException.class)
                .hasMessageStartingWith("UNAVAILABLE ");
        assertThat(get(node, "/api/v1/status")).contains("\"away\":true", "\"segments_quarantined\":0");
        assertThat(get(node, "/metrics")).contains("sherd_objects_away 1", "sherd_segments_by_home{home=\"remote\"} 2");
        server.start();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (total(node, "test") != 3001) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(200);
        }
        assertThat(redis.get("key499")).isEqualTo(value(499));
    }

    private void checksObjects(ObjectServer server) throws Exception {
        var words = new ArrayList<>(List.of("check", data().toString()));
        for (var setting : server.settings()) {
            words.addAll(List.of("--set", setting));
        }
        assertThat(run(0, words.toArray(String[]::new))).contains("ok: ").doesNotContain("hush");
        var object = server.objects().getFirst();
        var bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);
        assertThat(run(1, words.toArray(String[]::new))).contains("its object is not there as it was written");
    }

    @Test
    void whoWaitsForTheNetworkHoldsNobodyUp() throws Exception {
        try (var server = ObjectServer.stoppingAtOnce(folder.resolve("objects"));
                var node = start(server);
                var redis = redis(node)) {
            create(node);
            lines(node, 0, 1000);
            redis.set("cold", "1");
            redis.set("warm", "1");
            archive(node, TABLE);
            archive(node, KEYS);
            redis.set("hot", "1");
            awaitRemote(node);
            int port = URI.create(server.endpoint()).getPort();
            server.stop();
            var silent = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            var held = new ArrayList<Socket>();
            var accepting = Thread.ofVirtual().start(() -> acceptAll(silent, held));
            try {
                othersAreServed(node, redis);
            } finally {
                silent.close();
                accepting.join();
                for (var socket : held) {
                    socket.close();
                }
            }
        }
    }

    /** Takes connections and says nothing. */
    private static void acceptAll(ServerSocket silent, List<Socket> held) {
        try {
            while (true) {
                held.add(silent.accept());
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    private static void othersAreServed(NodeProcess node, Jedis redis) throws Exception {
        var waiting = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 8; i++) {
            waiting.add(CompletableFuture.supplyAsync(() -> {
                try (var other = redis(node)) {
                    return other.get("cold");
                } catch (JedisDataException e) {
                    return String.valueOf(e.getMessage());
                }
            }));
        }
        int answered = 0;
        while (waiting.stream().noneMatch(CompletableFuture::isDone)) {
            assertThat(redis.get("hot")).isEqualTo("1");
            answered++;
        }
        assertThat(answered).as("commands while one waits").isGreaterThan(50);
        for (var one : waiting) {
            assertThat(one.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).startsWith("UNAVAILABLE");
        }
    }

    @Test
    void losesAndDoublesNothingWhenKilledAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int rows = 0;
        try (var server = ObjectServer.stoppingAtOnce(folder.resolve("objects"))) {
            for (int round = 0; round < 6; round++) {
                try (var node = start(server)) {
                    if (round == 0) {
                        create(node);
                    }
                    lines(node, rows, rows + 2000);
                    rows += 2000;
                    archive(node, TABLE);
                    Thread.sleep(random.nextInt(1800));
                } // killed
            }
            try (var node = start(server)) {
                awaitRemote(node);
                assertThat(total(node, "test")).as("seed " + seed).isEqualTo(rows);
                for (int i = 0; i < rows; i += 613) {
                    assertThat(total(node, "number" + i)).as("seed " + seed).isEqualTo(1);
                }
                assertThat(node.stop()).isZero();
            }
            var list = run(0, "segment", "list", data().toString());
            assertThat(server.objects()).as(list).hasSize(list.split(" remote ", -1).length - 1);
            checksObjects(server);
        }
    }
}
