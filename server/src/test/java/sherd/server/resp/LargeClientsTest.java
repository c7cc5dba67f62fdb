package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget.Purpose;

/** Many clients, large values and replies of many keys: bounded memory, and others are served meanwhile. */
final class LargeClientsTest {
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 200;
    private static final int BATCH = 1000;

    @TempDir
    Path folder;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder, EngineConfig.DEFAULT.withMemoryLimit(1L << 30));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        node.door.close();
        node.loops.close();
        eventually(() -> network() == 0, "connections and loops give all back");
        node.engine.close();
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }

    private long network() {
        return node.engine.memory().usedBytes(Purpose.NETWORK);
    }

    private void eventually(BooleanSupplier holds, String what) throws InterruptedException {
        for (int i = 0; !holds.getAsBoolean(); i++) {
            assertThat(i).as(what).isLessThan(3000);
            Thread.sleep(10);
        }
    }

    private static String key(int number) {
        return "key:" + number;
    }

    private static String value(int number) {
        return (number + ":").repeat(VALUE_BYTES).substring(0, VALUE_BYTES);
    }

    private void fill(Wire wire) throws IOException {
        for (int first = 0; first < KEYS; first += BATCH) {
            var words = new ArrayList<>(List.of("MSET"));
            for (int i = first; i < first + BATCH; i++) {
                words.add(key(i));
                words.add(value(i));
            }
            assertThat(wire.call(words.toArray(String[]::new))).isEqualTo("+OK\r\n");
        }
    }

    /** Every third key is one that is not there. */
    private static byte[] mget(int keys) {
        var words = new ArrayList<>(List.of("MGET"));
        for (int i = 0; i < keys; i++) {
            words.add(i % 3 == 2 ? "none" : key(i));
        }
        return Wire.encode(words);
    }

    private static void expectValues(DataInputStream in, int keys) throws IOException {
        expect(in, "*" + keys + "\r\n");
        for (int i = 0; i < keys; i++) {
            expect(in, i % 3 == 2 ? "$-1\r\n" : "$" + VALUE_BYTES + "\r\n" + value(i) + "\r\n");
        }
    }

    private static void expect(DataInputStream in, String text) throws IOException {
        var came = new String(in.readNBytes(text.length()), StandardCharsets.ISO_8859_1);
        if (text.length() < BATCH) {
            assertThat(came).isEqualTo(text);
        } else {
            assertThat(came.equals(text))
                    .as("%d bytes are as expected", text.length())
                    .isTrue();
        }
    }

    @Test
    void aReplyOfManyKeysWaitsInTheStoreForAClientThatReadsSlowly() throws Exception {
        try (var slow = node.connect();
                var other = node.connect()) {
            fill(other);
            long before = network();
            var request = mget(KEYS);
            slow.send("ECHO first\r\n");
            slow.send(request);
            slow.send("ECHO last\r\n");
            for (int i = 0; i < 200; i++) {
                assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
                assertThat(network() - before).isLessThan(2L * request.length + (4 << 20));
                Thread.sleep(1);
            }
            var in = new DataInputStream(slow.socket().getInputStream());
            expect(in, "$5\r\nfirst\r\n");
            expectValues(in, KEYS);
            expect(in, "$4\r\nlast\r\n");
        }
    }

    @Test
    void aReplyOfManyKeysThatCameInOneReadIsWhole() throws Exception {
        try (var wire = node.connect()) {
            fill(wire);
            int keys = ManyKeys.ONE_UNIT + 100;
            var in = new DataInputStream(wire.socket().getInputStream());
            for (int i = 0; i < 20; i++) {
                wire.send(mget(keys));
                wire.send("PING\r\n");
                expectValues(in, keys);
                expect(in, "+PONG\r\n");
            }
        }
    }

    @Test
    void whoVanishesAmidAReplyOfManyKeysLeavesNothing() throws Exception {
        try (var other = node.connect()) {
            fill(other);
            long before = network();
            for (int i = 0; i < 20; i++) {
                try (var wire = node.connect()) {
                    wire.send(mget(KEYS));
                    wire.socket().getInputStream().readNBytes(1 << (i / 2 + 5));
                }
            }
            eventually(() -> node.door.connections().size() == 1, "connections end");
            eventually(() -> network() - before < 1 << 20, "memory is given back");
            assertThat(other.call("GET", key(1))).contains(value(1));
        }
    }

    @Test
    void aLargeValueComesBackAsItWentIn() throws Exception {
        var value = new byte[48 << 20];
        new Random(3).nextBytes(value);
        var text = new String(value, StandardCharsets.ISO_8859_1);
        try (var wire = node.connect();
                var other = node.connect()) {
            long before = network();
            wire.send(Wire.encode(List.of("SET", "large", text)));
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            wire.send(Wire.encode(List.of("GET", "large")));
            var in = new DataInputStream(wire.socket().getInputStream());
            expect(in, "$" + value.length + "\r\n");
            assertThat(in.readNBytes(value.length)).isEqualTo(value);
            expect(in, "\r\n");
            eventually(() -> network() - before < 1 << 20, "memory is given back");
        }
    }

    @Test
    void largeCommandsStayInOrder() throws Exception {
        var large = "x".repeat(3 << 20);
        try (var wire = node.connect()) {
            wire.send("SET n 1\r\nINCR n\r\n");
            wire.send(Wire.encode(List.of("SET", "large", large)));
            wire.send("STRLEN large\r\nGET large\r\nINCR n\r\n");
            wire.send(Wire.encode(List.of("APPEND", "large", large)));
            wire.send("STRLEN large\r\nGET none\r\nDEL large\r\nGET large\r\n");
            for (var reply :
                    List.of("+OK", ":2", "+OK", ":" + large.length(), "$" + large.length() + "\r\n" + large, ":3")) {
                assertThat(wire.read().raw()).isEqualTo(reply + "\r\n");
            }
            var twice = ":" + 2 * large.length();
            for (var reply : List.of(twice, twice, "$-1", ":1", "$-1")) {
                assertThat(wire.read().raw()).isEqualTo(reply + "\r\n");
            }
        }
    }

    private static String bytes(int seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** What is being sent is the value that was asked for, though others change it in place, replace and remove it. */
    @Test
    void aLargeReplyIsOfOneMoment() throws Exception {
        int length = 24 << 20;
        var value = bytes(7, length);
        var changes = List.of(
                List.of("SETRANGE", "large", "5", "changed"),
                List.of("SET", "large", bytes(8, length)),
                List.of("APPEND", "large", "more"),
                List.of("SETRANGE", "large", "" + (length / 2), bytes(9, 2 << 20)),
                List.of("EXPIRE", "large", "1000"),
                List.of("PERSIST", "large"),
                List.of("DEL", "large"),
                List.of("FLUSHALL"));
        try (var other = node.connect()) {
            long records = node.engine.memory().usedBytes(Purpose.RECORDS);
            for (var change : changes) {
                try (var slow = node.connect();
                        var ranged = node.connect()) {
                    assertThat(other.call("SET", "large", value)).isEqualTo("+OK\r\n");
                    slow.send(Wire.encode(List.of("GET", "large")));
                    ranged.send(Wire.encode(List.of("GETRANGE", "large", "1", "-2")));
                    var in = new DataInputStream(slow.socket().getInputStream());
                    var inRange = new DataInputStream(ranged.socket().getInputStream());
                    expect(in, "$" + length + "\r\n");
                    expect(inRange, "$" + (length - 2) + "\r\n");
                    assertThat(other.call(change.toArray(String[]::new))).doesNotStartWith("-");
                    slow.send("PING\r\n");
                    expect(in, value + "\r\n+PONG\r\n");
                    expect(inRange, value.substring(1, length - 1) + "\r\n");
                }
            }
            assertThat(other.call("GET", "large")).isEqualTo("$-1\r\n");
            eventually(
                    () -> node.engine.memory().usedBytes(Purpose.RECORDS) - records < 1 << 20, "memory is given back");
        }
    }

    @Test
    void largeValuesAreThereAfterARestart() throws Exception {
        int length = 5 << 20;
        var expected = new LinkedHashMap<String, String>();
        try (var wire = node.connect()) {
            assertThat(wire.call("SET", "replaced", bytes(1, length))).isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "replaced", bytes(2, length))).isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "replaced", bytes(3, length), "KEEPTTL"))
                    .isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "kept", bytes(4, length), "NX")).isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "kept", bytes(5, length), "NX")).isEqualTo("$-1\r\n");
            assertThat(wire.call("SETNX", "kept", bytes(5, length))).isEqualTo(":0\r\n");
            assertThat(wire.call("SETEX", "mortal", "1000", bytes(6, length))).isEqualTo("+OK\r\n");
            assertThat(wire.call("GETSET", "mortal", bytes(7, length)))
                    .isEqualTo("$" + length + "\r\n" + bytes(6, length) + "\r\n");
            assertThat(wire.call("PSETEX", "gone", "1", bytes(6, length))).isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "odd", bytes(6, length), "NO")).startsWith("-ERR syntax");
            assertThat(wire.call("SET", "bystander", "small")).isEqualTo("+OK\r\n");
            assertThat(wire.call("MULTI")).isEqualTo("+OK\r\n");
            assertThat(wire.call("SET", "multi", bytes(8, length))).isEqualTo("+QUEUED\r\n");
            assertThat(wire.call("GET", "multi")).isEqualTo("+QUEUED\r\n");
            assertThat(wire.call("EXEC")).isEqualTo("*2\r\n+OK\r\n$" + length + "\r\n" + bytes(8, length) + "\r\n");
            assertThat(wire.call("SET", "x".repeat(60_000), bytes(9, length))).isEqualTo("+OK\r\n");
        }
        expected.put("replaced", bytes(3, length));
        expected.put("kept", bytes(4, length));
        expected.put("mortal", bytes(7, length));
        expected.put("bystander", "small");
        expected.put("multi", bytes(8, length));
        expected.put("x".repeat(60_000), bytes(9, length));
        node.close();
        node = new TestNode(folder, EngineConfig.DEFAULT.withMemoryLimit(1L << 30));
        try (var wire = node.connect()) {
            for (var entry : expected.entrySet()) {
                var value = entry.getValue();
                assertThat(wire.call("GET", entry.getKey()).equals("$" + value.length() + "\r\n" + value + "\r\n"))
                        .as(entry.getKey().substring(0, 1))
                        .isTrue();
            }
            assertThat(wire.call("TTL", "mortal")).isEqualTo(":-1\r\n");
            assertThat(wire.call("EXISTS", "gone", "odd")).isEqualTo(":0\r\n");
        }
    }

    @Test
    void whoVanishesAmidALargeCommandLeavesNothing() throws Exception {
        try (var other = node.connect()) {
            other.call("PING");
            for (int i = 0; i < 20; i++) {
                try (var wire = node.connect()) {
                    wire.send(Wire.encode(List.of("SET", "large", "x".repeat(4 << 20))));
                    wire.send("GET large\r\n".repeat(i % 3));
                }
            }
            eventually(() -> node.door.connections().size() == 1, "connections end");
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void whoVanishesAmidALargeReplyLeavesNothing() throws Exception {
        try (var other = node.connect()) {
            assertThat(other.call("SET", "large", "x".repeat(16 << 20))).isEqualTo("+OK\r\n");
            long before = network();
            for (int i = 0; i < 20; i++) {
                try (var wire = node.connect()) {
                    wire.send(Wire.encode(List.of("GET", "large")));
                    wire.socket().getInputStream().readNBytes(1 << i);
                }
            }
            eventually(() -> node.door.connections().size() == 1, "connections end");
            eventually(() -> network() - before < 1 << 20, "memory is given back");
        }
    }

    @Test
    void idleConnectionsHoldNoBuffers() throws Exception {
        var idle = new ArrayList<Wire>();
        try (var other = node.connect();
                var another = node.connect()) {
            other.call("PING");
            another.call("PING"); // each loop has buffers of its own from its first connection on
            long before = network();
            for (int i = 0; i < 1000; i++) {
                idle.add(node.connect());
                idle.getLast().send("SET k" + i + " v\r\n");
            }
            for (var wire : idle) {
                assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            }
            assertThat(node.door.connections()).hasSize(1002);
            assertThat(network()).isEqualTo(before);
            assertThat(other.call("GET", "k999")).isEqualTo("$1\r\nv\r\n");
        } finally {
            for (var wire : idle) {
                wire.close();
            }
        }
    }
}
