package sherd.bench.side;

/**
 * What a load tool found; latencies in milliseconds, and CPU in microseconds.
 *
 * @param serverMicros of the server while the load tool ran
 * @param clientMicros of the load tool
 */
public record LoadResult(
        long commands, double rate, double p50, double p99, double p999, long serverMicros, long clientMicros) {}
