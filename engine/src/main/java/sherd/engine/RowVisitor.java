package sherd.engine;

import sherd.engine.archive.text.RowView;

/** Looks at the rows of a scan. */
public interface RowVisitor {
    /** A segment is next, with rows of these times; false to pass over it. Rows in memory come before all segments. */
    default boolean segment(String id, long minTime, long maxTime) {
        return true;
    }

    /** Whether a row with a time in this range, both ends included, could still matter. Asked often. */
    default boolean wants(long minTime, long maxTime) {
        return true;
    }

    /**
     * The next row.
     *
     * @param row its values in schema order, during this call
     * @param time epoch milliseconds
     * @param id its number within its shard: of two rows of one shard, the one with the greater came later
     */
    void row(RowView row, long time, long id);
}
