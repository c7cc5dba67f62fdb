/**
 * Locks that are held for nanoseconds: a shard's, while a command runs, and the commit log's, while a batch is copied;
 * and the wait for a thread that ends.
 *
 * <p>Invariant: who holds a lock waits for nothing but another of them, and takes several in one fixed order.
 */
@NullMarked
package sherd.engine.lock;

import org.jspecify.annotations.NullMarked;
