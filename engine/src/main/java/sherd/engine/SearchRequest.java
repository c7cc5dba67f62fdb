package sherd.engine;

/**
 * What to look for.
 *
 * @param query in the search language; empty for every row
 * @param from first millisecond wanted
 * @param to first millisecond no longer wanted
 * @param limit hits returned, newest first; the total counts all
 * @param deadlineMillis how long it may take
 */
public record SearchRequest(String query, long from, long to, int limit, boolean explain, long deadlineMillis) {
    public static SearchRequest of(String query, int limit) {
        return new SearchRequest(query, Long.MIN_VALUE, Long.MAX_VALUE, limit, false, 30_000);
    }
}
