package sherd.bench.side;

import java.time.Duration;
import sherd.bench.frame.BenchException;

/** What a node's {@code /metrics} said at one time. */
public final class NodeMetrics {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final String text;

    NodeMetrics(String text) {
        this.text = text;
    }

    public static NodeMetrics of(SherdNode node) {
        return new NodeMetrics(NodeHttp.get(node, "/metrics", TIMEOUT));
    }

    /** The sum of all samples of that name. */
    public double sum(String name) {
        var values = text.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
        if (values.length == 0) {
            throw new BenchException("the node has no metric " + name);
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** Of its heap, by all collectors. */
    public long collections() {
        return Math.round(sum("sherd_gc_collections_total"));
    }

    public long heapUsedBytes() {
        return Math.round(sum("sherd_heap_used_bytes"));
    }
}
