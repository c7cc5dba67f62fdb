package sherd.server.loki;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import sherd.server.loki.logql.Labels;

/**
 * The streams of segments that were looked through once. Segments do not change, so a question about labels reads no
 * segment twice, and a query passes over those that have none of its streams.
 */
final class StreamCache {
    private static final int MOST_SEGMENTS = 4096;
    private static final int MOST_STREAMS = 1000;

    private final Map<String, List<Labels>> bySegment = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Labels>> eldest) {
            return size() > MOST_SEGMENTS;
        }
    };

    synchronized Optional<List<Labels>> of(String segment) {
        return Optional.ofNullable(bySegment.get(segment));
    }

    /** Whether a segment may have lines of streams like these: false only if all of its streams are known, and none is. */
    boolean mayHave(String segment, Predicate<Labels> wanted) {
        return of(segment).map(streams -> streams.stream().anyMatch(wanted)).orElse(true);
    }

    /** Segments of very many streams are not kept. */
    synchronized void put(String segment, List<Labels> streams) {
        if (streams.size() <= MOST_STREAMS) {
            bySegment.put(segment, List.copyOf(streams));
        }
    }
}
