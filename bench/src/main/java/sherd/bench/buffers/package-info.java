/**
 * What runs in processes of its own for the benchmarks of memory: a handler with and without reused buffers, buffers from
 * pools and fresh ones, rows in arrays and as structs. Each variant has its JVM, so that the compiler knows one only.
 */
@NullMarked
package sherd.bench.buffers;

import org.jspecify.annotations.NullMarked;
