package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;

/** Writers become slower before they are refused. */
final class SlowdownTest {
    private static final int LIMIT = 100_000;

    @TempDir
    Path folder;

    @Test
    void nobodyWaitsWhileThereIsRoom() {
        for (int used = 0; used <= LIMIT * Slowdown.FROM; used += 1000) {
            assertThat(Slowdown.millis(used, LIMIT)).isZero();
        }
    }

    @Test
    void theFullerTheSlowerUpToABound() {
        long last = 0;
        for (int used = (int) (LIMIT * Slowdown.FROM) + 1; used <= LIMIT; used++) {
            long millis = Slowdown.millis(used, LIMIT);
            assertThat(millis).isBetween(Math.max(1, last), Slowdown.MOST_MILLIS);
            last = millis;
        }
        assertThat(last).isEqualTo(Slowdown.MOST_MILLIS);
        assertThat(Slowdown.millis(2 * LIMIT, LIMIT)).isEqualTo(Slowdown.MOST_MILLIS);
    }

    @Test
    void aWriterIsSlowedBeforeItIsRefusedAndReadersAreNot() throws IOException {
        var value = "v".repeat(10_000);
        try (var node = new TestNode(folder, EngineConfig.DEFAULT.withMemoryLimit(64 << 20));
                var writer = node.connect();
                var reader = node.connect()) {
            assertThat(writer.call("SET", "first", value)).isEqualTo("+OK\r\n");
            assertThat(node.door.stats().slowed.sum()).isZero();
            String reply = "+OK\r\n";
            for (int i = 0; reply.equals("+OK\r\n"); i++) {
                assertThat(i).as("sets").isLessThan(10_000);
                reply = writer.call("SET", "key" + i, value);
            }
            assertThat(reply).startsWith("-OOM ");
            long slowed = node.door.stats().slowed.sum();
            assertThat(slowed).isPositive();
            for (int i = 0; i < 100; i++) {
                assertThat(reader.call("GET", "first")).isEqualTo("$10000\r\n" + value + "\r\n");
            }
            assertThat(node.door.stats().slowed.sum())
                    .as("turns that were slowed")
                    .isEqualTo(slowed);
            assertThat(writer.call("DEL", "first")).isEqualTo(":1\r\n");
        }
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }
}
