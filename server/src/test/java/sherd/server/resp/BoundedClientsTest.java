package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.EngineConfig;
import sherd.engine.memory.MemoryBudget.Purpose;

/** Slow, greedy and vanishing clients cost little, and others do not notice. */
final class BoundedClientsTest {
    private static final long MEMORY = 256L << 20;

    @TempDir
    Path folder;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder, EngineConfig.DEFAULT.withMemoryLimit(MEMORY));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private long network() {
        return node.engine.memory().usedBytes(Purpose.NETWORK);
    }

    /** Waits for what another thread does; fails after half a minute. */
    private void eventually(BooleanSupplier holds, String what) throws InterruptedException {
        for (int i = 0; !holds.getAsBoolean(); i++) {
            assertThat(i).as(what).isLessThan(3000);
            Thread.sleep(10);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNoLongerServed() throws Exception {
        try (var slow = node.connect();
                var other = node.connect()) {
            other.call("SET", "big", "x".repeat(100_000));
            var before = network();
            slow.socket().setSoTimeout(200);
            // Far more replies are asked for than any buffer holds; at some point writing blocks, and so does nothing
            // else.
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 20_000; i++) {
                        slow.send(Wire.encode(List.of("GET", "big")));
                    }
                } catch (IOException e) {
                    // closed below
                }
            });
            writer.join(2_000);
            for (int i = 0; i < 100; i++) {
                assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
                assertThat(network() - before).isLessThan(16L << 20);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(slow.read().text()).hasSize(100_000);
            }
            slow.socket().close();
            writer.join();
        }
        eventually(() -> node.door.connections().isEmpty(), "connections end");
    }

    @Test
    void anAnnouncedValueCostsNothingBeforeItComes() throws Exception {
        long before = network();
        try (var liar = node.connect();
                var other = node.connect()) {
            liar.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nonly this");
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(network() - before).isLessThan(1L << 20);
        }
        eventually(() -> node.door.connections().isEmpty(), "connections end");
    }

    @Test
    void aValueBeyondTheMemoryLimitIsRefused() throws Exception {
        try (var greedy = node.connect();
                var other = node.connect()) {
            greedy.socket().setSoTimeout(20_000);
            greedy.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n");
            var chunk = "x".repeat(1 << 20);
            String reply = "";
            try {
                for (int i = 0; i < 512; i++) {
                    greedy.send(chunk);
                }
            } catch (IOException e) {
                // hung up on, as it should be
            }
            try {
                reply = greedy.read().raw();
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                reply = "-OOM lost with the connection";
            }
            assertThat(reply).startsWith("-OOM ");
            assertThat(other.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(node.engine.memory().usedBytes()).isLessThan(MEMORY);
        }
    }

    /** Without a time limit of its own this door keeps clients who hang; none of them may keep it. */
    @Test
    void theDoorClosesThoughItsClientsHang() throws Exception {
        long before = network();
        try (var head = node.connect();
                var value = node.connect();
                var queued = node.connect();
                var deaf = node.connect()) {
            deaf.call("SET", "big", "x".repeat(1 << 20));
            head.send("*3\r\n$3\r\nSE");
            value.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(50_000));
            queued.send("MULTI\r\nSET a b\r\n");
            deaf.send("GET big\r\n".repeat(64));
            assertThat(queued.read().raw()).isEqualTo("+OK\r\n");
            assertThat(node.door.connections()).hasSize(4);
            assertThat(CompletableFuture.runAsync(node.door::close)).succeedsWithin(Duration.ofSeconds(20));
            assertThat(head.readToEnd()).isEmpty();
        }
        assertThat(node.door.connections()).isEmpty();
        assertThat(network()).isLessThanOrEqualTo(before);
    }

    @Test
    void vanishingClientsLeaveNothingBehind() throws Exception {
        try (var other = node.connect()) {
            other.call("PING");
            long before = network();
            for (int i = 0; i < 200; i++) {
                try (var wire = node.connect()) {
                    switch (i % 4) {
                        case 0 -> wire.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(50_000));
                        case 1 -> wire.send("MULTI\r\nSET a b\r\nSET c d\r\n");
                        case 2 -> wire.send("WATCH a b c\r\nGET a\r\n");
                        default -> wire.send("SET a " + "y".repeat(1000) + "\r\nGET a\r\n");
                    }
                }
            }
            eventually(() -> node.door.connections().size() == 1, "connections end");
            assertThat(network() - before).isLessThan(1L << 20);
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
    }
}
