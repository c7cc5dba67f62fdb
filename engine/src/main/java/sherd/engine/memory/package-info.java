/**
 * Memory outside the heap: slabs, their free lists and the accounting against the memory limit. Only this package
 * touches arenas. Addresses it hands out stay valid until they are given back.
 */
@NullMarked
package sherd.engine.memory;

import org.jspecify.annotations.NullMarked;
