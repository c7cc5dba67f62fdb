/**
 * How things go wrong: {@link sherd.engine.error.ErrorCode} numbers the kinds, {@link
 * sherd.engine.error.StoreException} carries one with its facts, {@link sherd.engine.error.Invariant} states what
 * must hold. Outcomes a caller expects (a conflict, a missing row) are replies, never exceptions.
 */
@NullMarked
package sherd.engine.error;

import org.jspecify.annotations.NullMarked;
