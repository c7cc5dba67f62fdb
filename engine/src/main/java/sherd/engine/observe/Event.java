package sherd.engine.observe;

import org.jspecify.annotations.Nullable;

/** Something that whoever runs the store would want to know. */
public sealed interface Event {
    /**
     * The log ended in a write that never finished; {@code bytes} from {@code lsn} on were cut.
     *
     * @param kept the file that has these bytes; null if they were plainly the front part of a write
     */
    record TornTailCut(
            String file, long lsn, long bytes, @Nullable String kept) implements Event {}

    /** Everything up to {@code lsn} is in segments; the log before it may go. */
    record CheckpointDone(long lsn, int segments, long rows, long millis) implements Event {}

    record ArchiveDone(String table, String segment, long rows, long millis) implements Event {}

    /** Several segments became one. */
    record MergeDone(String table, String segment, int sources, long rows, long millis) implements Event {}

    /** Segments whose rows were all older than their table keeps them are gone. */
    record RetentionDone(String table, int segments, long rows) implements Event {}

    /** A segment is in object storage too, and was read back from there. */
    record SegmentStored(String segment, long bytes, long millis) implements Event {}

    /** The log can no longer be trusted to take writes; they are refused from now on. */
    record LogFailed(String reason) implements Event {}

    /** The segment's bytes are not what was written; it is set aside and no longer read. */
    record SegmentQuarantined(String segment, String reason) implements Event {}

    record Recovered(long entries, long rows, long millis) implements Event {}

    record Warning(String message) implements Event {}
}
