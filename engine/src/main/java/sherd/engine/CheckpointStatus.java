package sherd.engine;

/**
 * How checkpoints stand.
 *
 * @param doneAt when the last one was done, in milliseconds since 1970; since this start, or the start itself
 * @param underWay asked for, or being written
 * @param failed whether the last one could not be written
 */
public record CheckpointStatus(long doneAt, boolean underWay, boolean failed) {}
