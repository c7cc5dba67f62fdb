/**
 * Benchmarks: JMH for the parts, runs beside peers for the whole. Never deployed.
 */
@NullMarked
package sherd.bench;

import org.jspecify.annotations.NullMarked;
