/**
 * Loki's API over log tables: pushed streams become rows, LogQL is answered from them. No HTTP is spoken here; a door
 * brings {@link sherd.server.loki.LokiRequest}s and takes {@link sherd.server.loki.LokiAnswer}s away.
 *
 * <p>A tenant is a table of database {@code loki}. A row has its time in milliseconds and the nanoseconds beyond, the
 * labels of its stream as one JSON value, which runs of rows share, its own metadata, and the line.
 */
@NullMarked
package sherd.server.loki;

import org.jspecify.annotations.NullMarked;
