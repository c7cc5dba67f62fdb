package sherd.engine;

import java.util.function.BooleanSupplier;
import sherd.engine.lifecycle.Readers;

/**
 * What to look for.
 *
 * @param query in the search language; empty for every row
 * @param from first millisecond wanted
 * @param to first millisecond no longer wanted
 * @param limit hits returned, newest first
 * @param explain also tell what was done
 * @param deadlineMillis how long it may take
 * @param counting the total counts all rows that match; else the search ends when the newest are found, and the total
 *     is what it met on the way
 * @param cancelled asked now and then; ends the search when true
 * @param reader who reads what is found in memory, by {@link Readers#idOf}
 */
public record SearchRequest(
        String query,
        long from,
        long to,
        int limit,
        boolean explain,
        long deadlineMillis,
        boolean counting,
        BooleanSupplier cancelled,
        int reader) {
    public SearchRequest(String query, long from, long to, int limit, boolean explain, long deadlineMillis) {
        this(query, from, to, limit, explain, deadlineMillis, true, () -> false, Readers.NOBODY);
    }

    public static SearchRequest of(String query, int limit) {
        return new SearchRequest(query, Long.MIN_VALUE, Long.MAX_VALUE, limit, false, 30_000);
    }

    TimeRange range() {
        return TimeRange.between(from, to);
    }

    public SearchRequest notCounting() {
        return new SearchRequest(query, from, to, limit, explain, deadlineMillis, false, cancelled, reader);
    }

    public SearchRequest until(BooleanSupplier end) {
        return new SearchRequest(query, from, to, limit, explain, deadlineMillis, counting, end, reader);
    }

    public SearchRequest readBy(int id) {
        return new SearchRequest(query, from, to, limit, explain, deadlineMillis, counting, cancelled, id);
    }
}
