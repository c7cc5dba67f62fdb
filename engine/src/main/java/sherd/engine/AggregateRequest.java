package sherd.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What to count or compute over rows.
 *
 * @param column whose values count; empty to count rows
 * @param where rows that match this query of the search language; empty for every row
 * @param by rows with equal values are one group; all rows are one if there are none
 * @param from first millisecond wanted
 * @param to first millisecond no longer wanted
 * @param deadlineMillis how long it may take
 * @param cancelled asked now and then; ends it when true
 * @param reader who asks, by {@link sherd.engine.lifecycle.Readers#idOf}
 */
public record AggregateRequest(
        Function function,
        Optional<String> column,
        String where,
        List<Grouping> by,
        long from,
        long to,
        long deadlineMillis,
        BooleanSupplier cancelled,
        int reader) {
    public AggregateRequest {
        by = List.copyOf(by);
    }

    /** What is computed of the values of each group. */
    public enum Function {
        COUNT,
        SUM,
        MIN,
        MAX,
        AVG;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Function> parse(String label) {
            for (var function : values()) {
                if (function.label().equals(label)) {
                    return Optional.of(function);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * A column that groups rows.
     *
     * @param windowMillis of a timestamp column: rows of one stretch of time of that length are together; 0 for by value
     */
    public record Grouping(String column, long windowMillis) {}
}
