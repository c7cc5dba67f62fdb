package sherd.engine;

/**
 * What a search had to do.
 *
 * @param segments of the table
 * @param pruned of these, not touched because their times or words rule them out
 * @param damaged of these, set aside: what they have is missing in the answer
 * @param unreachable of these, in object storage that cannot be reached: what they have is missing too
 */
public record SearchStats(
        int segments, int pruned, int damaged, int unreachable, long blocksRead, long bytesRead, long hotRows) {}
