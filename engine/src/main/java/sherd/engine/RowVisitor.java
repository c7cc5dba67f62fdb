package sherd.engine;

import sherd.engine.archive.text.RowView;

/** Looks at the rows of a scan. */
public interface RowVisitor {
    /**
     * A segment of a log table is next, with rows of these times; false to pass over it. Rows in memory come before all
     * segments if the newest are wanted first, and after them if not.
     */
    default boolean segment(String id, long minTime, long maxTime) {
        return true;
    }

    /** Whether a row with a time in this range, both ends included, could still matter. Asked often, of log tables. */
    default boolean wants(long minTime, long maxTime) {
        return true;
    }

    /**
     * The next row.
     *
     * @param row its values in schema order, during this call; plain keys have {@code key}, {@code field} and {@code value}, a row
     *     for each field of a hash
     * @param time epoch milliseconds, 0 without one
     * @param id its number within its shard: of two rows of one shard, the one with the greater came later; 0 in record tables
     */
    void row(RowView row, long time, long id);
}
