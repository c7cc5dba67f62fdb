package sherd.server.http;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Requests answered, by method, route and status. */
final class Counters {
    private static final Set<String> KNOWN = Set.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS");
    private static final int STATUSES = 600;

    /** Counts by status, by method, by route: found without making anything, since every request looks. */
    private final Map<String, Map<String, AtomicLongArray>> requests = new ConcurrentHashMap<>();

    private final List<HttpFigures> loops = new CopyOnWriteArrayList<>();

    private final Sends sends = new Sends();
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder everRefused = new LongAdder();
    private final AtomicInteger refusedNow = new AtomicInteger();

    void count(String method, String pattern, int status) {
        // A word of the client's own must not make a new series.
        var verb = KNOWN.contains(method) ? method : "OTHER";
        requests.computeIfAbsent(pattern, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(verb, _ -> new AtomicLongArray(STATUSES))
                .getAndIncrement(status);
    }

    /** For one loop. */
    HttpFigures newLoop() {
        var figures = new HttpFigures();
        loops.add(figures);
        return figures;
    }

    List<HttpFigures> loops() {
        return loops;
    }

    Sends sends() {
        return sends;
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

    /** Returns how many there are that were refused and are not gone yet. */
    int refused() {
        everRefused.increment();
        return refusedNow.incrementAndGet();
    }

    void refusedGone() {
        refusedNow.decrementAndGet();
    }

    long everRefused() {
        return everRefused.sum();
    }

    Map<String, Long> requests() {
        var sums = new TreeMap<String, Long>();
        requests.forEach((pattern, verbs) -> verbs.forEach((verb, counts) -> {
            for (int status = 0; status < STATUSES; status++) {
                if (counts.get(status) > 0) {
                    sums.put(
                            "method=\"" + verb + "\",route=\"" + pattern + "\",status=\"" + status + "\"",
                            counts.get(status));
                }
            }
        }));
        return sums;
    }
}
