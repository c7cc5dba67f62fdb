package sherd.server.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import sherd.server.config.HostPort;

/** The process as a user has it: what it says when it cannot start, and that it lives through what clients send. */
final class ServeTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());

    @TempDir
    Path folder;

    private static Cli.Result serve(Path data, String... more) throws IOException, InterruptedException {
        return serve(List.of(), data, more);
    }

    private static Cli.Result serve(List<String> behind, Path data, String... more)
            throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("serve", "--data", data.toString()));
        for (var setting : ServingNode.FREE_PORTS) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of(more));
        return ServeProcess.verb(behind, arguments.toArray(String[]::new));
    }

    /** One sentence on standard error, nothing on standard output, and no place in the code. */
    private static void refused(Cli.Result result, int status, String... parts) {
        assertThat(result.status()).as(result.err()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("sherd: ").contains(parts).doesNotContain("\tat ", "Exception in");
    }

    @Test
    void aPortInUseIsNamedAndTheFolderIsLetGo() throws Exception {
        var data = folder.resolve("data");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = "127.0.0.1:" + taken.getLocalPort();
            refused(serve(data, "--set", "listen.resp=" + address), 1, address, "listen.resp");
            refused(serve(data, "--set", "listen.http=" + address), 1, address, "listen.http");
        }
        try (var node = new ServeProcess(data)) {
            assertThat(node.terminate()).isZero();
        }
    }

    @Test
    void aFolderInUseIsRefusedAndItsNodeGoesOn() throws Exception {
        var data = folder.resolve("data");
        try (var node = new ServeProcess(data);
                var client = new RespClient(node.resp())) {
            assertThat(node.ready())
                    .matches("sherd ready resp=127\\.0\\.0\\.1:\\d+ http=127\\.0\\.0\\.1:\\d+ grpc=\\S+ data=" + data
                            + " in \\d+ ms");
            client.call(List.of("SET", "k", "v"));
            refused(serve(data), 1, "in use by another process", "data=" + data, "choose another folder");
            var check = ServeProcess.verb(List.of(), "check", data.toString());
            assertThat(check.status()).isEqualTo(1);
            assertThat(check.err()).contains("in use by another process");
            assertThat(client.call(List.of("GET", "k")).shown()).isEqualTo("\"v\"");
        }
    }

    @Test
    void allThatIsWrongWithTheConfigurationIsSaidAtOnce() throws Exception {
        var file = Files.writeString(folder.resolve("node.toml"), "[log]\nsnyc = \"always\"\n[table]\nshards = 0\n");
        refused(
                serve(folder.resolve("data"), "--config", file.toString(), "--set", "storage.memory-limit=1GB"),
                2,
                "the configuration has 3 problems:",
                "log.snyc (node.toml line 2)",
                "did you mean log.sync?",
                "table.shards (node.toml line 4) must be from 1 to 4096, not 0",
                "storage.memory-limit (--set) must be a size");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeUsedIsNamed() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        refused(serve(file), 1, "data=" + file, "set storage.data to a folder");
        refused(serve(Path.of("/proc/sherd-data")), 1, "data=/proc/sherd-data", "set storage.data to a folder");
        var readOnly = Files.createDirectory(folder.resolve("read-only"));
        assertThat(readOnly.toFile().setWritable(false)).isTrue();
        // What root may do does not end at permissions, so here it may not.
        List<String> behind = "root".equals(System.getProperty("user.name"))
                ? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")
                : List.of();
        refused(serve(behind, readOnly), 1, "data=" + readOnly, "AccessDenied", "set storage.data to a folder");
    }

    @Test
    void aDamagedFolderIsRefusedWithWhatIsDamaged() throws Exception {
        var data = folder.resolve("data");
        try (var node = new ServingNode(data)) {
            node.create("default/lines", "{\"kind\":\"log\"}");
        }
        var catalog = data.resolve("catalog");
        var bytes = Files.readAllBytes(catalog);
        bytes[bytes.length / 2] ^= 4;
        Files.write(catalog, bytes);
        refused(serve(data), 1, "catalog", "restore it from a copy");
    }

    @Test
    void wrongUseSaysWhatWouldBeRight() {
        assertThat(Cli.run("serv"))
                .satisfies(result -> assertThat(result.status()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("'serv'", "Did you mean", "serve"));
        assertThat(Cli.run("serve", "--dta", "x"))
                .satisfies(result -> assertThat(result.status()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("'--dta'", "--data=DIR"));
        assertThat(Cli.run("serve", "--data"))
                .satisfies(result -> assertThat(result.status()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("--data"));
        assertThat(Cli.run("check", folder.resolve("none").toString()))
                .satisfies(result -> assertThat(result.status()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("not a folder"));
        assertThat(Cli.run("search", "x", "--table", "a.b.c"))
                .satisfies(result -> assertThat(result.status()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("--table", "bad table name"));
    }

    @Test
    void aNodeLivesThroughGarbageAndLosesNothing() throws Exception {
        System.err.println("ServeTest: -Dsherd.test.seed=" + SEED);
        var random = new Random(SEED);
        var data = folder.resolve("data");
        try (var node = new ServeProcess(data, "log.sync=always");
                var client = new RespClient(node.resp())) {
            for (int i = 0; i < 100; i++) {
                client.call(List.of("SET", "kept" + i, "v" + i));
                garbage(random, node.resp(), "*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$");
                garbage(random, node.http(), "PUT /api/v1/tables/default/kv/rows/lost HTTP/1.1\r\nHost: x\r\n");
            }
            assertThat(client.call(List.of("DBSIZE")).shown()).isEqualTo("(integer) 100");
            assertThat(node.terminate()).isZero();
        }
        assertThat(Cli.run("check", data.toString()).out()).startsWith("ok: ");
        try (var node = new ServeProcess(data);
                var client = new RespClient(node.resp())) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.call(List.of("GET", "kept" + i)).shown()).isEqualTo("\"v" + i + "\"");
            }
            assertThat(client.call(List.of("DBSIZE")).shown()).isEqualTo("(integer) 100");
        }
    }

    /** The start of something sensible or not, then anything, then gone. */
    private static void garbage(Random random, HostPort door, String start) throws IOException {
        var bytes = new byte[random.nextInt(3000)];
        random.nextBytes(bytes);
        try (var socket = new Socket(door.host(), door.port())) {
            var out = socket.getOutputStream();
            if (random.nextBoolean()) {
                out.write(start.substring(0, random.nextInt(start.length() + 1)).getBytes(ISO_8859_1));
            }
            out.write(bytes);
        } catch (IOException hungUpOn) {
            assertThat(hungUpOn).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    @Test
    void clientsOfOthersWorkUnmodified() throws Exception {
        try (var node = new ServeProcess(folder.resolve("data"))) {
            var port = Integer.toString(node.resp().port());
            assertThat(SegmentReaders.run(folder, "redis-cli", "-p", port, "SET", "cli", "1"))
                    .isEqualTo("OK\n");
            var benchmark = SegmentReaders.run(
                    folder, "redis-benchmark", "-p", port, "-t", "set,get,incr,mset,hset", "-n", "10000", "--csv");
            assertThat(benchmark.lines().skip(1).map(line -> line.split(",", -1)[0]))
                    .containsExactly("\"SET\"", "\"GET\"", "\"INCR\"", "\"HSET\"", "\"MSET (10 keys)\"");
            assertThat(SegmentReaders.run(folder, "redis-cli", "-p", port, "GET", "counter:__rand_int__"))
                    .isEqualTo("10000\n");
            try (var jedis = new Jedis(URI.create("redis://" + node.resp()))) {
                assertThat(jedis.incr("cli")).isEqualTo(2);
            }
            var lettuce = RedisClient.create(RedisURI.create("redis://" + node.resp()));
            try (var connection = lettuce.connect()) {
                assertThat(connection.sync().incr("cli")).isEqualTo(3);
            } finally {
                lettuce.shutdown(0, 1, TimeUnit.SECONDS);
            }
            var url = "http://" + node.http() + "/api/v1/tables/default/kv/rows/cli";
            assertThat(SegmentReaders.run(folder, "curl", "-sS", "--fail", "-m", "20", url))
                    .contains("\"value\":\"3\"");
            assertThat(node.terminate()).isZero();
        }
    }
}
