package sherd.engine;

/**
 * What a search had to do.
 *
 * @param segments of the table
 * @param pruned of these, not touched because their time range lies outside
 */
public record SearchStats(int segments, int pruned, long blocksRead, long bytesRead, long hotRows) {}
