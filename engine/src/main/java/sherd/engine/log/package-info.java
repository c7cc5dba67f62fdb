/**
 * The commit log: the order of accepted writes.
 *
 * <p>Nouns: a <i>batch</i> is what one append adds, and what recovery brings back whole or not at all; a <i>frame</i> is
 * a run of batches under one checksum; a <i>chunk</i> is frames in memory, written with one call; an <i>LSN</i> is a
 * place in the stream of batches. Format: docs/formats/commit-log.md.
 *
 * <p>Invariants: what is replayed is a prefix of what was appended, and holds all that was durable. Only the last file
 * can end badly. A torn tail is cut and reported, other damage refuses to open; nothing is dropped in silence. A write
 * or sync that failed is never tried again.
 */
@NullMarked
package sherd.engine.log;

import org.jspecify.annotations.NullMarked;
