package sherd.bench.side;

/** Runs commands of one kind against a server, each connection with one batch on its way. */
public sealed interface LoadTool permits RedisBenchmark, OwnLoad {
    /**
     * Runs to the end.
     *
     * @param test of redis-benchmark's names
     * @param pipeline commands sent at once
     */
    LoadResult run(Side side, String test, int pipeline, long requests);
}
