/**
 * From key to address: the hash index of a record table, outside the heap, growing step by step. It holds
 * addresses only; keys are compared in the records.
 */
@NullMarked
package sherd.engine.index;

import org.jspecify.annotations.NullMarked;
