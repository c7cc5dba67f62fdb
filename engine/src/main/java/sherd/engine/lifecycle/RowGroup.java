package sherd.engine.lifecycle;

import java.util.OptionalInt;

/**
 * What the rule knows of rows that move together.
 *
 * @param ageMillis of the youngest of them
 * @param distinctReaders within the table's window; empty if they were not counted all of that time
 */
public record RowGroup(long ageMillis, OptionalInt distinctReaders) {}
