package sherd.engine;

import java.util.List;
import sherd.engine.archive.text.Query;

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
 */
public record ScanRequest(List<Query> terms, long from, long to, boolean newestFirst, long deadlineMillis) {
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
