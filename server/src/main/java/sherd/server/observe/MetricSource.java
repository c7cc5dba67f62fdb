package sherd.server.observe;

/** A part of the node with figures of its own. Called from a worker, never from a loop. */
@FunctionalInterface
public interface MetricSource {
    void writeTo(MetricsText text);
}
