package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;
import sherd.server.cli.RespClient;
import sherd.server.config.HostPort;

/** A node keeps old rows in memory that more clients read than {@code archive.max-reads}, and no others. */
final class ArchiveByReadsTest {
    private static final String KEYS = "/api/v1/tables/default/kv";
    private static final String USERS = "/api/v1/tables/default/users";
    private static final String LINES = "/api/v1/tables/logs/app";
    private static final int LOOKS = 300;
    private static final long PAUSE_MILLIS = 100;
    private static final int FILL = 800;
    private static final int FILL_BYTES = 16 << 10;

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable NodeProcess node;

    private void start(String... settings) throws IOException {
        var all = new ArrayList<>(List.of("storage.memory-limit=16MiB", "table.shards=4"));
        all.addAll(List.of(settings));
        node = NodeProcess.start(
                folder.resolve("data"), folder.resolve("log"), NodeProcess.SHORT, all.toArray(String[]::new));
    }

    private NodeProcess node() {
        return Objects.requireNonNull(node);
    }

    @AfterEach
    void stop() throws Exception {
        for (var one : open) {
            one.close();
        }
        try (var ended = node()) {
            assertThat(ended.stop()).isZero();
        }
        assertThat(Engine.check(new LocalDisk(folder.resolve("data")))).isEmpty();
        assertThat(Files.readString(folder.resolve("log"))).doesNotContain("ERROR");
    }

    private RespClient client(String name) throws IOException {
        var client = new RespClient(new HostPort("127.0.0.1", node().respPort()));
        open.add(client);
        assertThat(client.call(List.of("CLIENT", "SETNAME", name)).shown()).isEqualTo("OK");
        return client;
    }

    private List<RespClient> clients(int count) throws IOException {
        var clients = new ArrayList<RespClient>();
        for (int i = 0; i < count; i++) {
            clients.add(client("app-" + i));
            clients.add(client("app-" + i)); // a second connection of the same client
        }
        return clients;
    }

    private static void get(List<RespClient> clients, String key) throws IOException {
        for (var client : clients) {
            assertThat(client.call(List.of("GET", key)).shown()).startsWith("\"");
        }
    }

    private String send(HttpClient http, String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(node().url(path)))
                .header("content-type", body.startsWith("{") ? "application/json" : "text/plain")
                .method(method, BodyPublishers.ofString(body));
        return http.send(request.build(), BodyHandlers.ofString()).body();
    }

    /** One whose address is this, of those that all lead to this machine. */
    private HttpClient http(String address) throws IOException {
        return http(address, HttpClient.Version.HTTP_1_1);
    }

    private HttpClient http(String address, HttpClient.Version version) throws IOException {
        var client = HttpClient.newBuilder()
                .version(version)
                .localAddress(InetAddress.getByName(address))
                .build();
        open.add(client);
        return client;
    }

    private static long number(String json, String object, String member) {
        var found = Pattern.compile("\"" + object + "\":\\{[^}]*\"" + member + "\":(\\d+)")
                .matcher(json);
        assertThat(found.find()).as(json).isTrue();
        return Long.parseLong(found.group(1));
    }

    /** Waits until the table's description has that; meanwhile {@code reads} go on. */
    private String await(HttpClient http, String table, Reads reads, Predicate<String> wanted) throws Exception {
        for (int i = 0; ; i++) {
            reads.run();
            var described = send(http, "GET", table, "");
            if (wanted.test(described) || i == LOOKS) {
                assertThat(wanted).as(described).accepts(described);
                return described;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        }
    }

    private void awaitArchived(HttpClient http, String table, long rows, Reads reads) throws Exception {
        var described = await(http, table, reads, text -> number(text, "rows", "archived") >= rows);
        assertThat(number(described, "rows", "archived")).as(described).isEqualTo(rows);
    }

    private void awaitStay(HttpClient http, String table, String readers, Reads reads) throws Exception {
        var reason = "{\"decision\":\"stay\",\"reason\":\"old, but memory is fine and it is read: " + readers + "\"}";
        await(http, table, reads, text -> text.contains(reason));
    }

    private interface Reads {
        void run() throws Exception;
    }

    @Test
    void keysReadByThreeClientsGoAndThoseReadByFourStayUntilNobodyReadsThem() throws Exception {
        start("archive.min-age=1s", "archive.reads-window=5s");
        var http = http("127.0.0.1");
        var four = clients(4);
        var three = four.subList(0, 6);
        for (var key : List.of("unread", "three", "four")) {
            four.getFirst().call(List.of("SET", key, "value"));
        }
        get(three, "three");
        awaitArchived(http, KEYS, 2, () -> get(four, "four"));
        awaitStay(http, KEYS, "readers=4 max_reads=3", () -> get(four, "four"));
        awaitArchived(http, KEYS, 3, () -> {});
        get(four, "four");
    }

    @Test
    void theWatermarkTakesWhatManyClientsRead() throws Exception {
        start("archive.min-age=7d");
        var http = http("127.0.0.1");
        send(
                http,
                "PUT",
                USERS,
                "{\"kind\":\"record\",\"key\":[\"id\"],\"archive\":{\"min_age\":\"1s\"},\"columns\":["
                        + "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"name\",\"type\":\"string\"}]}");
        var two = clients(2);
        var others =
                List.of(http("127.0.0.2", HttpClient.Version.HTTP_1_1), http("127.0.0.3", HttpClient.Version.HTTP_2));
        for (var user : List.of("users:unread", "users:four")) {
            two.getFirst().call(List.of("HSET", user, "name", "n"));
        }
        Reads reads = () -> {
            for (var client : two) {
                client.call(List.of("HGET", "users:four", "name"));
            }
            for (var client : others) {
                assertThat(send(client, "GET", USERS + "/rows/four", "")).contains("\"n\"");
            }
        };
        awaitArchived(http, USERS, 1, reads);
        awaitStay(http, USERS, "readers=4 max_reads=3", reads);
        for (int i = 0; i < FILL; i++) { // none of it is old enough to leave; what there is no room for is refused
            two.getFirst().call(List.of("SET", "fill" + i, "x".repeat(FILL_BYTES)));
        }
        awaitArchived(http, USERS, 2, reads);
    }

    @Test
    void aTableHasItsOwnBoundsAndClientsOfHttpCountByAddress() throws Exception {
        start("archive.min-age=7d");
        var http = http("127.0.0.1");
        for (var table : List.of(LINES, LINES + "2")) {
            send(
                    http,
                    "PUT",
                    table,
                    "{\"kind\":\"log\",\"shards\":1,\"archive\":{\"min_age\":\"1s\",\"max_reads\":1,\"reads_window\":\"4s\"}}");
            send(http, "POST", table + "/rows", "word one\nword two\n");
        }
        var one = List.of(http("127.0.0.2"), http("127.0.0.2"));
        var two = List.of(http("127.0.0.2"), http("127.0.0.3"));
        Reads reads = () -> {
            for (int i = 0; i < 2; i++) {
                send(one.get(i), "GET", LINES + "/search?q=word", "");
                send(two.get(i), "GET", LINES + "2/search?q=word", "");
            }
        };
        awaitArchived(http, LINES, 2, reads);
        awaitStay(http, LINES + "2", "readers=2 max_reads=1", reads);
        awaitArchived(http, LINES + "2", 2, () -> {});
        assertThat(send(http, "GET", KEYS, "")).contains("\"min_age\":\"7d\"");
    }
}
