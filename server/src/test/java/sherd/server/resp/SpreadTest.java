package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget.Purpose;
import sherd.server.config.Transport;
import sherd.server.net.Transports;

/** Connections that are moved from loop to loop while they work. */
final class SpreadTest {
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 1_500;

    @TempDir
    Path folder;

    /** Pipelines of commands whose replies tell their order, transactions, and values that come and go in pieces. */
    private static Void client(TestNode node, int number, long seed) throws IOException {
        var random = new Random(seed + number);
        var big = "x".repeat(200_000);
        long count = 0;
        try (var wire = node.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                int pipeline = 1 + random.nextInt(8);
                for (int i = 0; i < pipeline; i++) {
                    wire.send(Wire.encode(List.of("INCR", "n" + number)));
                }
                for (int i = 0; i < pipeline; i++) {
                    assertThat(wire.read().number())
                            .as("seed=%d client=%d", seed, number)
                            .isEqualTo(++count);
                }
                if (random.nextInt(20) == 0) {
                    wire.call("MULTI");
                    wire.call("INCR", "n" + number);
                    assertThat(wire.call("EXEC")).isEqualTo("*1\r\n:" + ++count + "\r\n");
                }
                if (random.nextInt(100) == 0) {
                    wire.call("SET", "big" + number, big);
                    assertThat(wire.call("GET", "big" + number)).hasSize(big.length() + 11);
                }
            }
        }
        return null;
    }

    private void movedAllTheTime(SyncPolicy sync, Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        long seed = Long.getLong("sherd.seed", System.nanoTime());
        try (var node = new TestNode(new LocalDisk(folder), EngineConfig.DEFAULT.withSync(sync), transport);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long before = node.engine.memory().usedBytes(Purpose.NETWORK);
            var spread = Objects.requireNonNull(node.door.spread());
            var stop = new AtomicBoolean();
            var mover = threads.submit(() -> {
                int moves = 0;
                for (; !stop.get(); moves++) {
                    spread.spread(1 + moves % 2);
                    Thread.sleep(1);
                }
                return moves;
            });
            var clients = new ArrayList<Future<Void>>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                Callable<Void> work = () -> client(node, number, seed);
                clients.add(threads.submit(work));
            }
            for (var client : clients) {
                client.get();
            }
            stop.set(true);
            assertThat(mover.get()).isGreaterThan(10);
            for (int i = 0; i < 3000 && !node.door.connections().isEmpty(); i++) {
                Thread.sleep(10);
            }
            assertThat(node.door.connections()).isEmpty();
            assertThat(node.engine.memory().usedBytes(Purpose.NETWORK) - before).isLessThan(4 << 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void repliesStayInOrderAndNothingIsLost(Transport transport) throws Exception {
        movedAllTheTime(SyncPolicy.OS, transport);
    }

    @ParameterizedTest
    @EnumSource
    void alsoWhenRepliesWaitForTheDisk(Transport transport) throws Exception {
        movedAllTheTime(SyncPolicy.ALWAYS, transport);
    }

    @ParameterizedTest
    @EnumSource
    void connectionsGoWhereTheyBelong(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        try (var node = new TestNode(new LocalDisk(folder), EngineConfig.DEFAULT, transport);
                var one = node.connect();
                var two = node.connect()) {
            one.call("PING");
            two.call("PING");
            var spread = Objects.requireNonNull(node.door.spread());
            for (int loops = 2; loops > 0; loops--) {
                long found = 0;
                for (int i = 0; i < 3000 && found != loops; i++) {
                    spread.spread(loops);
                    Thread.sleep(1);
                    found = node.door.connections().stream()
                            .map(connection -> connection.channel().eventLoop())
                            .distinct()
                            .count();
                }
                assertThat(found).isEqualTo(loops);
                assertThat(one.call("PING")).isEqualTo("+PONG\r\n");
                assertThat(two.call("PING")).isEqualTo("+PONG\r\n");
            }
        }
    }

    /** Elsewhere they would wake a second loop until the next round moves them. */
    @ParameterizedTest
    @EnumSource
    void newConnectionsBeginOnTheLoopsInUse(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        try (var node = new TestNode(new LocalDisk(folder), EngineConfig.DEFAULT, transport)) {
            var first = node.loops.all().getFirst();
            for (int i = 0; i < 20; i++) {
                try (var wire = node.connect()) {
                    wire.call("PING");
                    assertThat(node.door.connections())
                            .allMatch(connection ->
                                    connection.channel().eventLoop().equals(first));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void thoseThatStayAreSpreadEvenlyWhenOthersLeave(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        var wires = new ArrayList<Wire>();
        try (var node = new TestNode(new LocalDisk(folder), EngineConfig.DEFAULT, transport)) {
            var spread = Objects.requireNonNull(node.door.spread());
            for (int i = 0; i < 6; i++) {
                wires.add(node.connect());
                wires.getLast().call("PING");
            }
            awaitOnSecondLoop(node, spread, 3);
            for (var connection : List.copyOf(node.door.connections())) {
                if (connection.channel().eventLoop().equals(node.loops.all().getLast())) {
                    connection.channel().close().syncUninterruptibly();
                }
            }
            awaitOnSecondLoop(node, spread, 1);
            assertThat(node.door.connections()).hasSize(3);
        } finally {
            for (var wire : wires) {
                wire.close();
            }
        }
    }

    private static void awaitOnSecondLoop(TestNode node, Spread spread, long wanted) throws InterruptedException {
        var second = node.loops.all().getLast();
        long found = -1;
        for (int i = 0; i < 3000 && found != wanted; i++) {
            spread.spread(2);
            Thread.sleep(1);
            found = node.door.connections().stream()
                    .filter(connection -> connection.channel().eventLoop().equals(second))
                    .count();
        }
        assertThat(found).isEqualTo(wanted);
    }
}
