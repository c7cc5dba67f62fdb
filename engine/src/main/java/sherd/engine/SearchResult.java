package sherd.engine;

import java.util.List;
import java.util.Optional;

/** Hits, newest first, how many there are in all, and what was done to find them, if that was asked for. */
public record SearchResult(
        List<Hit> hits, long total, long tookMicros, SearchStats stats, Optional<SearchExplain> explain) {
    public SearchResult {
        hits = List.copyOf(hits);
    }
}
