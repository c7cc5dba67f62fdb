package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;

/** Commands over all keys when most of them are in segments. */
final class ArchivedKeyspaceTest {
    private static final int KEYS = 600;

    @TempDir
    Path folder;

    private final TreeSet<String> there = new TreeSet<>();
    private TestNode node;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder);
        wire = node.connect();
        for (int i = 0; i < KEYS; i++) {
            wire.call("SET", "key:" + i, "value");
            there.add("key:" + i);
            if (i == KEYS / 2) {
                node.engine.archive(node.engine.keyValue(), 0);
            }
        }
        wire.call("HSET", "hash:1", "f", "v");
        there.add("hash:1");
        node.engine.archive(node.engine.keyValue(), 0);
        for (int i = 0; i < KEYS; i += 10) {
            wire.call("SET", "key:" + i, "changed");
            wire.call("DEL", "key:" + (i + 1));
            there.remove("key:" + (i + 1));
            wire.call("GET", "key:" + (i + 2));
        }
        wire.call("SET", "fresh", "value");
        there.add("fresh");
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        node.close();
        assertThat(node.engine.memory().usedBytes()).as("leaked native memory").isZero();
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }

    private static List<String> texts(Wire.Reply reply) {
        return reply.parts().stream().map(Wire.Reply::text).toList();
    }

    private List<String> scan(String... options) throws IOException {
        var found = new ArrayList<String>();
        var cursor = "0";
        do {
            var words = new ArrayList<>(List.of("SCAN", cursor));
            words.addAll(List.of(options));
            var parts = wire.ask(words.toArray(String[]::new)).parts();
            cursor = parts.getFirst().text();
            found.addAll(texts(parts.getLast()));
        } while (!cursor.equals("0"));
        return found;
    }

    @Test
    void scanMeetsEveryKeyOnce() throws IOException {
        assertThat(scan()).containsExactlyInAnyOrderElementsOf(there);
        assertThat(scan("COUNT", "1000")).containsExactlyInAnyOrderElementsOf(there);
        assertThat(scan("TYPE", "hash")).containsExactly("hash:1");
        assertThat(scan("MATCH", "key:*5", "COUNT", "50"))
                .containsExactlyInAnyOrderElementsOf(
                        there.stream().filter(key -> key.endsWith("5")).toList());
    }

    @Test
    void keysAndTheirNumberAgree() throws IOException {
        assertThat(texts(wire.ask("KEYS", "*"))).containsExactlyInAnyOrderElementsOf(there);
        assertThat(texts(wire.ask("KEYS", "hash*"))).containsExactly("hash:1");
        assertThat(wire.ask("DBSIZE").number()).isEqualTo(there.size());
        for (int i = 0; i < 50; i++) {
            assertThat(there).contains(wire.ask("RANDOMKEY").text());
        }
    }

    @Test
    void repliesComeInTheOrderOfTheCommands() throws IOException {
        wire.send(Wire.encode(List.of("SET", "fresh", "1")));
        wire.send(Wire.encode(List.of("KEYS", "fresh")));
        wire.send(Wire.encode(List.of("DEL", "fresh")));
        wire.send(Wire.encode(List.of("KEYS", "fresh")));
        wire.send(Wire.encode(List.of("PING")));
        assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
        assertThat(wire.read().raw()).isEqualTo("*1\r\n$5\r\nfresh\r\n");
        assertThat(wire.read().raw()).isEqualTo(":1\r\n");
        assertThat(wire.read().raw()).isEqualTo("*0\r\n");
        assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
    }

    @Test
    void aTransactionDoesNotWaitForFiles() throws IOException {
        wire.call("MULTI");
        wire.call("KEYS", "*");
        wire.call("DBSIZE");
        var replies = wire.ask("EXEC").parts();
        assertThat(replies.getFirst().raw()).startsWith("-ERR keys reads archived keys");
        assertThat(replies.getLast().number()).isEqualTo(there.size());
        assertThat(wire.call("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void aClientThatLeavesMeanwhileLeavesNothingBehind() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (var leaver = node.connect()) {
                leaver.send(Wire.encode(List.of("KEYS", "*")));
            }
        }
        assertThat(wire.ask("KEYS", "*").parts()).hasSameSizeAs(there); // workers are through with those before
    }

    @Test
    void flushingForgetsArchivedKeys() throws IOException {
        assertThat(wire.call("FLUSHALL")).isEqualTo("+OK\r\n");
        assertThat(scan()).isEmpty();
        assertThat(wire.call("RANDOMKEY")).isEqualTo("$-1\r\n");
        assertThat(wire.call("DBSIZE")).isEqualTo(":0\r\n");
    }
}
