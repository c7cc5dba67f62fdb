package sherd.engine;

import org.jspecify.annotations.Nullable;

/**
 * A row found.
 *
 * @param ts the row's time, epoch milliseconds; 0 where the table has none
 * @param values in schema order
 * @param segment the segment it lives in, null while it is in memory
 * @param row its number in the segment, or its id in memory
 */
@SuppressWarnings("ArrayRecordComponent") // made to be read, never compared
public record Hit(
        long ts, @Nullable Object[] values, @Nullable String segment, long row) {}
