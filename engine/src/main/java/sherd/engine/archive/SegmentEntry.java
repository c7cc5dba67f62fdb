package sherd.engine.archive;

import java.util.Map;

/**
 * A segment in the catalog.
 *
 * @param tableId of the table whose rows it holds
 * @param sequence grows with each segment; of two rows with one key the one with the greater sequence counts
 * @param state what the segment's owner keeps here; the catalog does not look into it
 */
public record SegmentEntry(SegmentMeta meta, int tableId, Purpose purpose, long sequence, Map<String, String> state) {
    /** Why a segment was written. */
    public enum Purpose {
        /** Rows that left memory. */
        ARCHIVE,
        /** Rows that are in memory too, so that recovery need not replay them. */
        CHECKPOINT
    }

    public SegmentEntry {
        state = Map.copyOf(state);
    }

    public SegmentHome home() {
        return SegmentHome.of(state);
    }
}
