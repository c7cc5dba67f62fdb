package sherd.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a computation over rows.
 *
 * @param groups in the order of their keys; one with an empty key if nothing groups
 * @param rows that matched
 */
public record AggregateResult(List<Group> groups, long rows, long tookMicros, SearchStats stats) {
    public AggregateResult {
        groups = List.copyOf(groups);
    }

    /**
     * One group.
     *
     * @param key its value in each grouping column; of a window the time it starts at
     * @param value Long, Double or BigInteger, of min and max what the column has; null if no row has a value
     * @param rows that matched, with a value or not
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Group(@Nullable Object[] key, @Nullable Object value, long rows) {}
}
