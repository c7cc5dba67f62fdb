/**
 * Columns as runs of values in Arrow's layout, 64-byte aligned, read through slices that do not tell where the
 * bytes live.
 */
@NullMarked
package sherd.engine.column;

import org.jspecify.annotations.NullMarked;
