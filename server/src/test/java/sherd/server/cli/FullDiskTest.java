package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.server.cli.RespClient.Reply;

/** A node whose disk really runs full: what clients are told, what goes on, and what a restart brings back. */
final class FullDiskTest {
    private static final int MEBIBYTES = 48;
    private static final long ROOM = 16L << 20;
    private static final int VALUE_BYTES = 32 << 10;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String ROWS = "/api/v1/tables/default/kv/rows/";
    private static final String LINES = "/api/v1/tables/logs/app";

    @TempDir
    Path folder;

    private SmallDisk disk;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = new SmallDisk(folder.resolve("mount"), MEBIBYTES);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (disk != null) { // or it could not be mounted
            disk.unmount();
        }
    }

    private ServingNode node(String sync) {
        return new ServingNode(disk.data(), "log.sync=" + sync, "log.checkpoint=1GiB");
    }

    @Test
    void withAlwaysNothingAcknowledgedIsLost() throws IOException {
        int acknowledged;
        try (var node = node("always")) {
            disk.leave(ROOM);
            acknowledged = writeUntilFull(node).size();
            assertThat(acknowledged).isGreaterThan((int) (ROOM / VALUE_BYTES / 2));
            everyWriteIsRefusedAndReadsGoOn(node, acknowledged);
            disk.clear();
            everyWriteIsRefusedAndReadsGoOn(node, acknowledged); // what is in the log is known again after a restart
        }
        try (var node = node("always")) {
            assertThat(found(node)).isBetween(acknowledged, acknowledged + 1); // the one in doubt may be there
            assertThat(node.client()
                            .json("PUT", ROWS + "after", "{\"value\":\"1\"}")
                            .status())
                    .isEqualTo(201);
            assertThat(node.client().get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void withIntervalTheEndOfTheOrderIsLostAtMost() throws IOException {
        List<Long> acknowledged;
        long told;
        try (var node = node("interval")) {
            disk.leave(ROOM);
            acknowledged = writeUntilFull(node);
            told = System.nanoTime();
            everyWriteIsRefusedAndReadsGoOn(node, 1);
            disk.clear();
        }
        try (var node = node("interval")) {
            int found = found(node);
            assertThat(found).isLessThanOrEqualTo(acknowledged.size() + 1);
            for (int lost = found; lost < acknowledged.size(); lost++) {
                assertThat(told - acknowledged.get(lost))
                        .as("age of the lost write " + lost)
                        .isLessThan(WINDOW_NANOS);
            }
            assertThat(node.client()
                            .json("PUT", ROWS + "after", "{\"value\":\"1\"}")
                            .status())
                    .isEqualTo(201);
        }
    }

    @Test
    void aStartWithoutRoomSaysSoAndHarmsNothing() throws IOException {
        try (var node = node("always")) {
            node.json("PUT", ROWS + "kept", "{\"value\":\"1\"}");
        }
        disk.leave(0);
        assertThatThrownBy(() -> node("always"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                .hasMessageContaining("No space left")
                .hasMessageContaining("room");
        disk.clear();
        try (var node = node("always")) {
            assertThat(node.client().get(ROWS + "kept").body()).contains("\"value\":\"1\"");
        }
    }

    @Test
    void rowsThatCannotBeArchivedStayHot() throws IOException {
        int rows = 4_000;
        try (var node = node("always")) {
            node.create("logs/app", "{\"kind\":\"log\"}");
            var random = new Random(5);
            var body = new StringBuilder();
            for (int i = 0; i < rows; i++) {
                body.append("line ").append(value(random, 500)).append('\n');
            }
            assertThat(node.append("logs/app", "text/plain", body.toString())).isEqualTo(rows);
            disk.leave(64 << 10);
            var refused = node.client().json("POST", LINES + "/archive", "{\"older_than\":\"0s\"}");
            assertThat(refused.status()).as(refused.body()).isEqualTo(507);
            assertThat(refused.problem()).contains("the disk is full", "segments/arc-", "make room");
            assertThat(refused.body()).contains("DISK_FULL");
            assertThat(rows(node, "hot")).isEqualTo(rows);
            assertThat(rows(node, "archived")).isZero();
            assertThat(filesOf(disk.data().resolve("segments"))).isEmpty();
            assertThat(node.append("logs/app", "text/plain", "line small\n")).isOne();
            disk.clear();
            assertThat(node.archive("logs/app")).hasSize(1);
            assertThat(rows(node, "archived")).isEqualTo(rows + 1);
        }
        try (var node = node("always")) {
            assertThat(Json.number(node.get(LINES + "/search?q=line&limit=1"), "total"))
                    .isEqualTo(rows + 1);
        }
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static long rows(ServingNode node, String home) throws IOException {
        return Json.number(Json.at(node.get(LINES), "rows").orElseThrow(), home);
    }

    /** Sets keys k0, k1, ... until one is not acknowledged; returns when each was. */
    private static List<Long> writeUntilFull(ServingNode node) throws IOException {
        var acknowledged = new ArrayList<Long>();
        try (var client = new RespClient(node.node().resp())) {
            while (true) {
                int number = acknowledged.size();
                var reply = client.call(List.of("SET", "k" + number, value(number)));
                if (reply instanceof Reply.Failure(var text)) {
                    assertThat(text)
                            .matches("(INDOUBT|MISCONF) .*")
                            .contains("the disk is full", "No space left", "make room", "restart the node");
                    return acknowledged;
                }
                assertThat(reply).isEqualTo(new Reply.Status("OK"));
                acknowledged.add(System.nanoTime());
            }
        }
    }

    private static void everyWriteIsRefusedAndReadsGoOn(ServingNode node, int keys) throws IOException {
        try (var client = new RespClient(node.node().resp())) {
            for (var write : List.of(
                    List.of("SET", "more", "x"),
                    List.of("DEL", "k0"),
                    List.of("EXPIRE", "k0", "1"),
                    List.of("APPEND", "k0", "x"),
                    List.of("HSET", "hash", "f", "v"),
                    List.of("INCR", "counter"),
                    List.of("FLUSHALL"))) {
                assertThat(client.call(write).shown())
                        .as(write.toString())
                        .startsWith("(error) MISCONF ")
                        .contains("the disk is full", "make room", "restart the node");
            }
            assertThat(client.call(List.of("EXISTS", "more", "hash", "counter")))
                    .isEqualTo(new Reply.Whole(0));
            for (int i = 0; i < keys; i++) {
                assertThat(client.call(List.of("GET", "k" + i))).isEqualTo(new Reply.Text(value(i)));
            }
        }
        var overHttp = node.client().json("PUT", ROWS + "more", "{\"value\":\"1\"}");
        assertThat(overHttp.status()).isEqualTo(503);
        assertThat(overHttp.problem()).contains("the disk is full", "make room", "restart the node");
        assertThat(node.client().get("/readyz").status()).isEqualTo(503);
        assertThat(node.client().get("/readyz").problem()).contains("the disk is full");
        assertThat(node.client().get("/healthz").status()).isEqualTo(200);
    }

    /** How many keys there are, which must be the first ones, whole. */
    private static int found(ServingNode node) throws IOException {
        try (var client = new RespClient(node.node().resp())) {
            int found = 0;
            while (client.call(List.of("GET", "k" + found)) instanceof Reply.Text(var text)) {
                assertThat(text).isEqualTo(value(found));
                found++;
            }
            assertThat(client.call(List.of("DBSIZE"))).isEqualTo(new Reply.Whole(found));
            return found;
        }
    }

    private static String value(int seed) {
        return value(new Random(seed), VALUE_BYTES);
    }

    private static String value(Random random, int bytes) {
        var text = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++) {
            text.append((char) ('0' + random.nextInt(75)));
        }
        return text.toString();
    }
}
