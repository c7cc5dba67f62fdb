package sherd.engine;

/** One segment of a table. Times are epoch milliseconds. */
public record SegmentStatus(
        String id, String file, long rows, long minTime, long maxTime, long sizeBytes, String state) {}
