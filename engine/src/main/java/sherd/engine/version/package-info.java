/**
 * Version vectors and dots: pure functions over counters, one a shard that ever accepted a write for the row. A
 * vector is never pruned by age or size.
 */
@NullMarked
package sherd.engine.version;

import org.jspecify.annotations.NullMarked;
