package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints are taken under load for as long as a node runs: what each leaves on the heap adds up to collections. */
final class CheckpointAllocationTest {
    private static final int ROWS = 60_000;
    private static final int AT_ONCE = 1_000;
    private static final int ROUNDS = 4;
    private static final double MOST_BYTES = 4;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aCheckpointAllocatesFewBytesARow(@TempDir Path folder) throws IOException {
        try (var node = new TestNode(folder);
                var client = node.connect()) {
            var value = "x".repeat(64);
            for (int from = 0; from < ROWS; from += AT_ONCE) {
                var words = new ArrayList<>(List.of("MSET"));
                for (int i = from; i < from + AT_ONCE; i++) {
                    words.addAll(List.of("key" + i, value));
                }
                client.send(Wire.encode(words));
                assertThat(client.read().text()).isEqualTo("OK");
            }
            double least = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) { // the compiler has not been at the first ones
                long before = THREADS.getCurrentThreadAllocatedBytes();
                node.engine.checkpoint();
                least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) ROWS);
            }
            System.out.printf("allocated: checkpoint %8.3f bytes/row%n", least);
            assertThat(least).isLessThan(MOST_BYTES);
        }
    }
}
