package sherd.bench.run;

import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import sherd.bench.side.HttpLatency;
import sherd.bench.side.SherdNode;

/**
 * A load of requests over HTTP whose stages are looked at.
 *
 * @param operations of one request
 * @param load runs for so many seconds
 */
record HttpWork(String name, int operations, IntFunction<HttpLatency> load) {
    private static final int WRK_THREADS = 1;
    private static final int CONNECTIONS = 32;
    private static final int STREAMS = 8;
    private static final int BATCH = 64;

    /** What clients of these are, in words. */
    static final String CLIENTS = "wrk with " + CONNECTIONS + " connections, h2load with " + CONNECTIONS
            + " connections of " + STREAMS + " streams; batches of " + BATCH + " operations.";

    /** @param folder for what the load tools read and write */
    static List<HttpWork> of(SherdNode node, Path folder, long keys, int valueBytes) {
        var base = "http://" + node.http();
        var single = GatewayBench.script(folder, 1, false, keys, valueBytes);
        var gets = GatewayBench.script(folder, BATCH, false, keys, valueBytes);
        var sets = GatewayBench.script(folder, BATCH, true, keys, valueBytes);
        var urls = GatewayBench.list(folder, "urls", GatewayBench.urls(base, keys));
        var log = folder.resolve("requests.log");
        return List.of(
                new HttpWork("GET, HTTP/1.1", 1, seconds -> wrk(base, single, seconds)),
                new HttpWork("GET, HTTP/2", 1, seconds -> HttpLatency.h2load(urls, log, CONNECTIONS, STREAMS, seconds)),
                new HttpWork("batches of GET, HTTP/1.1", BATCH, seconds -> wrk(base, gets, seconds)),
                new HttpWork("batches of SET, HTTP/1.1", BATCH, seconds -> wrk(base, sets, seconds)));
    }

    private static HttpLatency wrk(String base, Path script, int seconds) {
        return HttpLatency.wrk(base, script, WRK_THREADS, CONNECTIONS, seconds);
    }
}
