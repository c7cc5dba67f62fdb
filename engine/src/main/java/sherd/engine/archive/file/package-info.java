/**
 * Plain files under the archive: tar framing, appending with checksums on the way, positional reads that are
 * checked before anyone sees them, and little-endian runs of fields.
 */
@NullMarked
package sherd.engine.archive.file;

import org.jspecify.annotations.NullMarked;
