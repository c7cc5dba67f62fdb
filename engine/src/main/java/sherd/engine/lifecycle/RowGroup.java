package sherd.engine.lifecycle;

import java.util.OptionalInt;

/**
 * What the rule knows of rows that move together.
 *
 * @param ageMillis of the youngest of them
 * @param distinctReaders within the table's window; empty while nobody counts them
 */
public record RowGroup(long ageMillis, OptionalInt distinctReaders) {}
