/**
 * Shards: an interval of positions with one owner, one short lock, and the log behind it. A write is applied in
 * the order in which it is logged.
 */
@NullMarked
package sherd.engine.shard;

import org.jspecify.annotations.NullMarked;
