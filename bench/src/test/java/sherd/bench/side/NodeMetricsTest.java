package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.bench.frame.BenchException;

final class NodeMetricsTest {
    @Test
    void samplesOfANameAreAddedUpAndOthersAreLeftOut() {
        var metrics = new NodeMetrics("# TYPE a counter\na{x=\"1\"} 2\na{x=\"2\"} 3.5\nab 7\nb 1e3\n");
        assertThat(metrics.sum("a")).isEqualTo(5.5);
        assertThat(metrics.sum("b")).isEqualTo(1000);
        assertThatThrownBy(() -> metrics.sum("c"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("no metric c");
    }

    @Test
    void aNodeTellsOfItsHeap(@TempDir Path folder) throws Exception {
        try (var node = SherdNode.start(Files.createDirectory(folder.resolve("data")), List.of())) {
            var metrics = NodeMetrics.of(node);
            assertThat(metrics.heapUsedBytes()).isPositive();
            assertThat(metrics.collections()).isNotNegative();
            assertThat(node.checkpoints()).isZero();
        }
    }
}
