package sherd.engine;

/**
 * One segment of a table. Times are epoch milliseconds.
 *
 * @param state where it is ({@code local}, {@code uploading}, {@code both}, {@code remote}), or {@code quarantined}:
 *     damaged, and read no more
 * @param problem what is wrong with it; empty if nothing is
 */
public record SegmentStatus(
        String id, String file, long rows, long minTime, long maxTime, long sizeBytes, String state, String problem) {}
