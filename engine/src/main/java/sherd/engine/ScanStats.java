package sherd.engine;

/**
 * What a scan had to do.
 *
 * @param segments of the table
 * @param pruned of these, not touched because none of their rows could matter
 * @param damaged of these, set aside: what they have is missing, wholly or from some row on
 * @param unreachable of these, in object storage that cannot be reached: what they have is missing in the same way
 * @param archivedRows shown from segments
 * @param hotRows shown from memory
 */
public record ScanStats(
        int segments,
        int pruned,
        int damaged,
        int unreachable,
        long archivedRows,
        long hotRows,
        long blocksRead,
        long bytesRead) {}
