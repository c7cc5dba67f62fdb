/**
 * Arrow IPC files, written and read by our own code over Arrow's generated flatbuffers classes: a
 * {@link sherd.engine.archive.arrow.ArrowWriter} gathers rows into record batches, an
 * {@link sherd.engine.archive.arrow.ArrowBatch} is one of them read back. Values of fixed width are stored raw and
 * start at multiples of 64 bytes; what belongs to values of variable width is compressed with ZSTD.
 */
@NullMarked
package sherd.engine.archive.arrow;

import org.jspecify.annotations.NullMarked;
