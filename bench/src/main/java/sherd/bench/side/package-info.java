/**
 * Sides: the servers and load tools that benchmarks start, drive and read the counters of.
 */
@NullMarked
package sherd.bench.side;

import org.jspecify.annotations.NullMarked;
