package sherd.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.EngineConfig;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.TableName;
import sherd.server.config.Transport;
import sherd.server.net.Transports;

/** Segments are listed and sent as the files they are. */
final class SegmentCallsTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final String TABLE = "/api/v1/tables/logs/app";
    private static final String SEGMENTS = TABLE + "/segments";
    private static final EngineConfig NO_MERGES = EngineConfig.DEFAULT.withMergeWidth(0);
    /** Longer than what sockets hold. */
    private static final int LARGE = 12 << 20;

    private HttpNode node = new HttpNode(HttpLimits.DEFAULT, NO_MERGES);
    private boolean asLeft = true;

    private void reopen(HttpLimits limits, HttpClient.Version version, Transport transport) {
        node.close();
        node = new HttpNode(limits, NO_MERGES, version, transport);
        node.get("/healthz");
    }

    /** Nothing is being sent any more, nothing is kept for it, and no file of a segment is open that is gone. */
    @AfterEach
    void nothingIsLeftOpen() throws IOException {
        await("sherd_http_downloads 0\n");
        assertThat(node.door().budget().usedBytes(MemoryBudget.Purpose.NETWORK)).isLessThan(1 << 20);
        if (asLeft) {
            for (var open : openFiles()) {
                assertThat(open).doesNotContain("(deleted)");
            }
        }
        node.close();
        assertThat(openFiles()).isEmpty();
    }

    private List<String> openFiles() throws IOException {
        var open = new ArrayList<String>();
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            for (var file : files.toList()) {
                if (Files.isSymbolicLink(file)) {
                    var target = Files.readSymbolicLink(file).toString();
                    if (target.contains(node.folder() + "/segments/")) {
                        open.add(target);
                    }
                }
            }
        }
        return open;
    }

    private void await(String metric) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!node.get("/metrics").body().contains("\n" + metric)) {
            assertThat(System.nanoTime()).as(metric).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private long metric(String name) {
        var line = node.get("/metrics")
                .body()
                .lines()
                .filter(found -> found.startsWith(name + " "))
                .findAny()
                .orElseThrow();
        return Long.parseLong(line.substring(name.length() + 1));
    }

    /** One more segment, of about as many bytes; its file. */
    private Path fill(int bytes) {
        if (node.get(TABLE).statusCode() == 404) {
            node.create("logs/app", "{\"kind\":\"log\"}");
        }
        var random = new Random(SEED);
        for (int left = bytes; left > 0; left -= 4 << 20) {
            var text = new StringBuilder();
            var line = new byte[500];
            for (int i = 0; i < Math.min(left, 4 << 20); i += line.length) {
                random.nextBytes(line);
                text.append(HexFormat.of().formatHex(line)).append('\n');
            }
            assertThat(node.post(TABLE + "/rows", "text/plain", text.toString()).statusCode())
                    .isEqualTo(200);
        }
        var made = node.json("POST", TABLE + "/archive", "{\"older_than\":\"0s\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return node.folder().resolve("segments").resolve(names().getFirst());
    }

    /** Newest first. */
    private List<String> names() {
        return segments().stream()
                .map(segment -> String.valueOf(segment.get("name")))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> segments() {
        var all = Json.object(node.get(SEGMENTS).body()).get("segments");
        return (List<Map<String, Object>>) Objects.requireNonNull(all);
    }

    private static String url(Path file) {
        return SEGMENTS + "/" + file.getFileName();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + String.join("", headers) + "\r\n";
    }

    @Test
    void theyAreListedNewestFirst() throws Exception {
        var old = fill(10_000);
        var file = fill(20_000);
        var listed = segments();
        assertThat(listed).hasSize(2);
        assertThat(listed.getFirst())
                .containsEntry("name", file.getFileName().toString())
                .containsEntry("rows", 40L)
                .containsEntry("size_bytes", Files.size(file))
                .containsEntry("sha256", sha256(Files.readAllBytes(file)))
                .containsEntry("state", "local")
                .containsKeys("min_time", "max_time");
        assertThat(listed.getLast()).containsEntry("name", old.getFileName().toString());
        node.create("logs/none", "{\"kind\":\"log\"}");
        assertThat(node.get("/api/v1/tables/logs/none/segments").body()).isEqualTo("{\"segments\":[]}");
        assertThat(node.get("/api/v1/tables/logs/nosuch/segments").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO", "IO_URING"})
    void whatComesIsTheFile(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        for (var version : HttpClient.Version.values()) {
            if (version.name().equals("HTTP_3")) {
                continue;
            }
            reopen(HttpLimits.DEFAULT, version, transport);
            var file = fill(LARGE);
            var wanted = Files.readAllBytes(file);
            assertThat(wanted.length).isGreaterThan(LARGE / 2);
            for (int i = 0; i < 3; i++) {
                var got = node.bytes(url(file));
                assertThat(got.version()).isEqualTo(version);
                assertThat(got.statusCode()).isEqualTo(200);
                assertThat(got.body()).isEqualTo(wanted);
                assertThat(got.headers().firstValue("etag")).contains("\"" + sha256(wanted) + "\"");
                assertThat(got.headers().firstValueAsLong("content-length")).hasValue(wanted.length);
                assertThat(got.headers().firstValue("content-type")).contains("application/x-tar");
                assertThat(got.headers().firstValue("content-disposition"))
                        .contains("attachment; filename=\"" + file.getFileName() + "\"");
            }
            boolean bySystem = version == HttpClient.Version.HTTP_1_1 && transport != Transport.IO_URING;
            assertThat(metric("sherd_http_download_bytes_total{by=\"system\"}"))
                    .isEqualTo(bySystem ? 3L * wanted.length : 0);
            assertThat(metric("sherd_http_download_bytes_total{by=\"copy\"}"))
                    .isEqualTo(bySystem ? 0 : 3L * wanted.length);
            await("sherd_http_downloads 0\n");
        }
    }

    @Test
    void tarReadsTheDownload() throws Exception {
        var file = fill(100_000);
        var download = Files.createTempFile("download", ".tar");
        try {
            Files.write(download, node.bytes(url(file)).body());
            var tar = new ProcessBuilder("tar", "tf", download.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8).lines())
                    .contains("rows.arrow", "index.sherd", "meta.json");
            assertThat(tar.waitFor()).isZero();
        } finally {
            Files.delete(download);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpClient.Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void anyRangeComesAsItIs(HttpClient.Version version) throws Exception {
        System.err.println("SegmentCallsTest: -Dsherd.test.seed=" + SEED);
        reopen(HttpLimits.DEFAULT, version, Transport.AUTO);
        var file = fill(3 << 20);
        var whole = Files.readAllBytes(file);
        var random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            int first = random.nextInt(whole.length);
            int last = first + random.nextInt(1 + random.nextInt(whole.length));
            assertRange(file, whole, "bytes=" + first + "-" + last, first, Math.min(last, whole.length - 1));
        }
        assertRange(file, whole, "bytes=0-0", 0, 0);
        assertRange(file, whole, "bytes=5-", 5, whole.length - 1);
        assertRange(file, whole, "bytes=-512", whole.length - 512, whole.length - 1);
        assertRange(file, whole, "bytes=-999999999999", 0, whole.length - 1);
        assertRange(file, whole, "bytes=0-999999999999999999", 0, whole.length - 1);
        for (var beyond : List.of("bytes=" + whole.length + "-", "bytes=-0")) {
            var refused = node.get(url(file), "range", beyond);
            assertThat(refused.statusCode()).as(beyond).isEqualTo(416);
            assertThat(refused.headers().firstValue("content-range")).contains("bytes */" + whole.length);
            assertThat(HttpNode.problem(refused)).containsEntry("code", "RANGE_NOT_SATISFIABLE");
        }
    }

    private void assertRange(Path file, byte[] whole, String range, int first, int last) {
        var got = node.bytes(url(file), "range", range);
        assertThat(got.statusCode()).as(range).isEqualTo(206);
        assertThat(got.headers().firstValue("content-range"))
                .contains("bytes " + first + "-" + last + "/" + whole.length);
        assertThat(got.headers().firstValueAsLong("content-length")).hasValue(last - first + 1L);
        assertThat(got.body()).as(range).isEqualTo(Arrays.copyOfRange(whole, first, last + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=1-2,4-5", "lines=1-2", "bytes=5-1", "bytes=-", "bytes", "", "bytes=1-99999999999999999999"
            })
    void whatIsNoRangeBringsTheWhole(String range) throws Exception {
        var file = fill(10_000);
        var got = node.bytes(url(file), "range", range);
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aTagTellsWhetherItIsStillTheSame() throws Exception {
        var file = fill(10_000);
        var whole = Files.readAllBytes(file);
        var tag = "\"" + sha256(whole) + "\"";
        var same = node.bytes(url(file), "if-none-match", tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.headers().firstValue("etag")).contains(tag);
        assertThat(same.body()).isEmpty();
        assertThat(node.bytes(url(file), "if-none-match", "\"other\"").body()).isEqualTo(whole);
        assertThat(node.get(url(file), "if-match", "\"other\"").statusCode()).isEqualTo(412);
        assertThat(node.bytes(url(file), "if-match", tag).body()).isEqualTo(whole);
        assertThat(node.bytes(url(file), "range", "bytes=1-2", "if-range", tag).statusCode())
                .isEqualTo(206);
        assertThat(node.bytes(url(file), "range", "bytes=1-2", "if-range", "\"other\"")
                        .body())
                .isEqualTo(whole);
    }

    @Test
    void itsHeadComesWithoutIt() throws Exception {
        var file = fill(LARGE);
        try (var client = node.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send(get(url(file), "Range: bytes=1-2\r\n").replace("GET", "HEAD"));
                var head = client.read(false);
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.headers())
                        .containsEntry("content-length", String.valueOf(Files.size(file)))
                        .containsEntry("accept-ranges", "bytes")
                        .containsKey("etag");
            }
            client.send(get("/healthz"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void requestsSentTogetherAreAnsweredInOrder() throws Exception {
        var file = fill(LARGE);
        var whole = Files.readAllBytes(file);
        try (var client = node.connect()) {
            client.send(get(url(file)) + get("/healthz") + get(url(file), "Range: bytes=7-9\r\n") + get(url(file)));
            assertThat(client.read(false).status()).isEqualTo(200);
            assertThat(client.bytes(whole.length)).isEqualTo(whole);
            assertThat(client.read().body()).contains("ok");
            assertThat(client.read(false).status()).isEqualTo(206);
            assertThat(client.bytes(3)).isEqualTo(Arrays.copyOfRange(whole, 7, 10));
            assertThat(client.read(false).status()).isEqualTo(200);
            assertThat(client.bytes(whole.length)).isEqualTo(whole);
            client.send(get(url(file), "Connection: close\r\n"));
            assertThat(client.read(false).headers()).containsEntry("connection", "close");
            assertThat(client.bytes(whole.length)).isEqualTo(whole);
            assertThat(client.ended()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2Fcatalog",
                "%2e%2e%2fcatalog",
                "..",
                "%2e%2e",
                ".",
                "",
                "segments%2F",
                "arc-20000101-001.tar",
                "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
                "%2Fetc%2Fpasswd",
                "a%00b"
            })
    void whatIsNoNameOfASegmentIsNotFound(String name) {
        var file = fill(1000);
        for (var given : List.of(name, name + file.getFileName(), file.getFileName() + "%2F" + name)) {
            if (given.equals(file.getFileName().toString())) {
                continue;
            }
            var answer = node.get(SEGMENTS + "/" + given);
            assertThat(answer.statusCode()).as(given).isEqualTo(404);
            assertThat(HttpNode.problem(answer)).containsEntry("code", "NOT_FOUND");
        }
        assertThat(node.get(SEGMENTS + "/a%ffb").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void aMergeTakesNothingFromWhoIsReading(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        reopen(HttpLimits.DEFAULT, HttpClient.Version.HTTP_1_1, transport);
        fill(1000);
        var file = fill(LARGE);
        var whole = Files.readAllBytes(file);
        try (var slow = RawConnection.slow(node.port())) {
            slow.send(get(url(file)));
            assertThat(slow.read(false).status()).isEqualTo(200);
            assertThat(slow.bytes(1000)).isEqualTo(Arrays.copyOf(whole, 1000));
            var table = node.engine().requireTable(TableName.parse("logs.app"));
            assertThat(node.engine().merge(table)).hasSize(1);
            assertThat(names()).hasSize(1).doesNotContain(file.getFileName().toString());
            assertThat(node.get(url(file)).statusCode()).isEqualTo(404);
            assertThat(file).exists();
            assertThat(slow.bytes(whole.length - 1000)).isEqualTo(Arrays.copyOfRange(whole, 1000, whole.length));
            await("sherd_http_downloads 0\n");
            assertThat(file).doesNotExist();
            slow.send(get(SEGMENTS));
            assertThat(slow.read().body()).contains(names().getFirst());
        }
    }

    @Test
    void aTableThatIsDroppedIsSentToItsEnd() throws Exception {
        var file = fill(LARGE);
        var whole = Files.readAllBytes(file);
        try (var slow = RawConnection.slow(node.port())) {
            slow.send(get(url(file)));
            assertThat(slow.read(false).status()).isEqualTo(200);
            assertThat(node.delete(TABLE).statusCode()).isEqualTo(204);
            assertThat(slow.bytes(whole.length)).isEqualTo(whole);
        }
        await("sherd_http_downloads 0\n");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "IO_URING"})
    void clientsThatVanishLeaveNothingOpen(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        reopen(HttpLimits.DEFAULT, HttpClient.Version.HTTP_1_1, transport);
        var file = fill(LARGE);
        for (int i = 0; i < 30; i++) {
            try (var client = RawConnection.slow(node.port())) {
                client.send(get(url(file)));
                client.bytes(i * 100);
            }
        }
        await("sherd_http_downloads 0\n");
        await("sherd_http_connections 1\n");
        assertThat(node.delete(TABLE).statusCode()).isEqualTo(204);
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO", "IO_URING"})
    void aNodeThatEndsLeavesNothingOpen(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        for (int i = 0; i < 4; i++) { // each ends at another moment of the two
            reopen(HttpLimits.DEFAULT, HttpClient.Version.HTTP_1_1, transport);
            endWhileSending();
            node = new HttpNode();
        }
    }

    private void endWhileSending() throws IOException {
        var file = fill(LARGE);
        var memory = node.engine().memory();
        try (var slow = RawConnection.slow(node.port());
                var other = RawConnection.slow(node.port())) {
            slow.send(get(url(file)));
            assertThat(slow.read(false).status()).isEqualTo(200);
            other.send(get(url(file))); // perhaps not begun yet
            node.close();
        }
        assertThat(openFiles()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void aStreamThatIsTakenBackLeavesNothingOpen() throws Exception {
        reopen(HttpLimits.DEFAULT, HttpClient.Version.HTTP_2, Transport.AUTO);
        fill(1000);
        var file = fill(LARGE);
        var whole = Files.readAllBytes(file);
        for (int i = 0; i < 20; i++) {
            try (var in = node.stream(url(file)).body()) {
                assertThat(in.readNBytes(i * 100)).isEqualTo(Arrays.copyOf(whole, i * 100));
            }
        }
        await("sherd_http_downloads 0\n");
        try (var in = node.stream(url(file)).body()) {
            assertThat(in.readNBytes(1000)).isEqualTo(Arrays.copyOf(whole, 1000));
            var table = node.engine().requireTable(TableName.parse("logs.app"));
            assertThat(node.engine().merge(table)).hasSize(1);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(whole, 1000, whole.length));
        }
        await("sherd_http_downloads 0\n");
        assertThat(file).doesNotExist();
        assertThat(node.bytes(SEGMENTS + "/" + names().getFirst()).version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @Test
    void whoDoesNotReadIsHungUpOn() throws Exception {
        var limits = new HttpLimits(4096, 4096, 1 << 20, 16 << 20, 1 << 16, 100, 60_000, 400);
        for (var transport : List.of(Transport.EPOLL, Transport.NIO)) {
            reopen(limits, HttpClient.Version.HTTP_1_1, transport);
            var file = fill(LARGE);
            try (var deaf = RawConnection.slow(node.port())) {
                deaf.send(get(url(file)));
                await("sherd_http_downloads 1\n");
                await("sherd_http_downloads 0\n");
                assertThat(deaf.bytes(LARGE)).hasSizeLessThan((int) Files.size(file));
            }
        }
    }

    @Test
    void manyAtOnceAreRefusedAndCostNoMemory() throws Exception {
        var file = fill(LARGE);
        var slow = new ArrayList<RawConnection>();
        try {
            for (int i = 0; i < Sends.MOST; i++) {
                slow.add(RawConnection.slow(node.port()));
                slow.getLast().send(get(url(file)));
                assertThat(slow.getLast().read(false).status()).isEqualTo(200);
            }
            var refused = node.get(url(file));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("5");
            assertThat(HttpNode.problem(refused)).containsEntry("code", "TOO_MANY_DOWNLOADS");
            assertThat(openFiles()).hasSize(1);
            assertThat(node.get(SEGMENTS).statusCode()).isEqualTo(200);
        } finally {
            for (var client : slow) {
                client.close();
            }
        }
        await("sherd_http_downloads 0\n");
        assertThat(node.bytes(url(file)).statusCode()).isEqualTo(200);
    }

    @Test
    void aDamagedOneIsRefused() throws Exception {
        var file = fill(10_000);
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(file) - 600);
        }
        node.damaged();
        var refused = node.get(url(file));
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(HttpNode.problem(refused)).containsEntry("code", "CORRUPT_SEGMENT");
        assertThat(node.get(url(file)).body()).contains("was set aside");
        assertThat(segments().getFirst()).containsEntry("state", "quarantined").containsKey("problem");
        Files.delete(file);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO", "IO_URING"})
    void oneThatIsCutOnTheWayEndsTheConnection(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        reopen(HttpLimits.DEFAULT, HttpClient.Version.HTTP_1_1, transport);
        var file = fill(LARGE);
        long size = Files.size(file);
        try (var slow = RawConnection.slow(node.port())) {
            slow.send(get(url(file)));
            assertThat(slow.read(false).status()).isEqualTo(200);
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                channel.truncate(size * 3 / 4);
            }
            node.damaged();
            assertThat(slow.bytes((int) size).length).isLessThan((int) size);
        }
        await("sherd_http_downloads 0\n");
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
    }
}
