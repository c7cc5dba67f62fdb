package sherd.server.observe;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** What the JVM says of its heap and its collections. */
public final class JvmMetrics implements MetricSource {
    @Override
    public void writeTo(MetricsText text) {
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        text.gauge("sherd_heap_used_bytes", "The JVM's heap in use, garbage included.", heap.getUsed());
        text.gauge("sherd_heap_limit_bytes", "What the JVM's heap may grow to.", heap.getMax());
        var collectors = ManagementFactory.getGarbageCollectorMXBeans();
        text.counter("sherd_gc_collections_total", "Collections, by collector.");
        for (var collector : collectors) {
            text.sample("sherd_gc_collections_total", label(collector.getName()), collector.getCollectionCount());
        }
        text.counter("sherd_gc_seconds_total", "Time spent collecting, by collector.");
        for (var collector : collectors) {
            long nanos = TimeUnit.MILLISECONDS.toNanos(collector.getCollectionTime());
            text.seconds("sherd_gc_seconds_total", label(collector.getName()), nanos);
        }
    }

    private static String label(String collector) {
        return "collector=\"" + collector + "\"";
    }
}
