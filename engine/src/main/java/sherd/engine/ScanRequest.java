package sherd.engine;

import java.util.List;
import sherd.engine.archive.text.Query;
import sherd.engine.lifecycle.Readers;

/**
 * Which rows of a table to look at.
 *
 * @param terms each of which a row that is wanted is known to match; only used to skip rows, so what is shown may match
 *     none of them
 * @param from first millisecond wanted
 * @param to first millisecond no longer wanted
 * @param newestFirst the order in which memory and segments of a log table are looked at, and rows within them as far
 *     as they lie in order; rows of a record table have no order
 * @param deadlineMillis how long it may take
 * @param reader who is shown rows of a log table that are in memory, by {@link Readers#idOf}
 */
public record ScanRequest(List<Query> terms, long from, long to, boolean newestFirst, long deadlineMillis, int reader) {
    public ScanRequest(List<Query> terms, long from, long to, boolean newestFirst, long deadlineMillis) {
        this(terms, from, to, newestFirst, deadlineMillis, Readers.NOBODY);
    }

    public ScanRequest {
        terms = List.copyOf(terms);
    }

    Query query() {
        return terms.isEmpty() ? new Query.All() : new Query.And(terms);
    }

    TimeRange range() {
        return TimeRange.between(from, to);
    }
}
