/**
 * The benchmarks of whole servers, one class each.
 */
@NullMarked
package sherd.bench.run;

import org.jspecify.annotations.NullMarked;
