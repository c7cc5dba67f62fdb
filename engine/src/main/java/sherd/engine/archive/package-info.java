/**
 * Segments: immutable files of rows with their index, and the catalog that lists them. A published segment is
 * never changed; one that fails its checksums is set aside, not read.
 */
@NullMarked
package sherd.engine.archive;

import org.jspecify.annotations.NullMarked;
