/**
 * Writes Parquet files. The format's metadata are the classes that its own project generates; pages are encoded here
 * (docs/decisions/0028-parquet-export.md).
 */
@NullMarked
package sherd.server.parquet;

import org.jspecify.annotations.NullMarked;
