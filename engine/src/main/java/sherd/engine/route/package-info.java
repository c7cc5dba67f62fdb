/**
 * Routes: which shard a position belongs to and who serves it. The routing table's version only grows; a table
 * that fails validation is refused and the last valid one stays.
 */
@NullMarked
package sherd.engine.route;

import org.jspecify.annotations.NullMarked;
