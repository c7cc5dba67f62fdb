package sherd.engine;

import java.util.List;

/** Hits, newest first, and how many there are in all. */
public record SearchResult(List<Hit> hits, long total, long tookMicros, SearchStats stats) {
    public SearchResult {
        hits = List.copyOf(hits);
    }
}
