package sherd.engine;

import java.util.List;

/** Rows and bytes of a table by home. */
public record TableStatus(
        long hotRows, long archivedRows, long hotBytes, long archivedBytes, List<SegmentStatus> segments) {
    public TableStatus {
        segments = List.copyOf(segments);
    }
}
