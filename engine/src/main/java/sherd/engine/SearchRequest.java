package sherd.engine;

import java.util.function.BooleanSupplier;

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
 */
public record SearchRequest(
        String query,
        long from,
        long to,
        int limit,
        boolean explain,
        long deadlineMillis,
        boolean counting,
        BooleanSupplier cancelled) {
    public SearchRequest(String query, long from, long to, int limit, boolean explain, long deadlineMillis) {
        this(query, from, to, limit, explain, deadlineMillis, true, () -> false);
    }

    public static SearchRequest of(String query, int limit) {
        return new SearchRequest(query, Long.MIN_VALUE, Long.MAX_VALUE, limit, false, 30_000);
    }

    TimeRange range() {
        return TimeRange.between(from, to);
    }

    public SearchRequest notCounting() {
        return new SearchRequest(query, from, to, limit, explain, deadlineMillis, false, cancelled);
    }

    public SearchRequest until(BooleanSupplier end) {
        return new SearchRequest(query, from, to, limit, explain, deadlineMillis, counting, end);
    }
}
