package sherd.server.http;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Requests answered, by method, route and status. */
final class Counters {
    private static final Set<String> KNOWN = Set.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS");

    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private volatile boolean logFailed;

    void count(String method, String pattern, int status) {
        // A word of the client's own must not make a new series.
        var verb = KNOWN.contains(method) ? method : "OTHER";
        var labels = "method=\"" + verb + "\",route=\"" + pattern + "\",status=\"" + status + "\"";
        requests.computeIfAbsent(labels, _ -> new LongAdder()).increment();
    }

    /** Writes are no longer known to be kept. */
    void logFailed() {
        logFailed = true;
    }

    boolean hasLogFailed() {
        return logFailed;
    }

    void opened() {
        opened.increment();
    }

    void closed() {
        closed.increment();
    }

    long open() {
        return opened.sum() - closed.sum();
    }

    Map<String, Long> requests() {
        var sums = new TreeMap<String, Long>();
        requests.forEach((labels, count) -> sums.put(labels, count.sum()));
        return sums;
    }
}
