/**
 * Fuzzing: bytes that nobody meant to send or store, given to every part that reads bytes from outside.
 *
 * <p>A {@link sherd.bench.fuzz.Target} takes one input and judges what comes of it; {@link sherd.bench.fuzz.Targets}
 * names them all. A {@link sherd.bench.fuzz.Mutator} makes inputs out of seeds, a {@link sherd.bench.fuzz.Campaign} runs
 * them and keeps each input that failed. {@link sherd.bench.fuzz.Guided} is the same targets for Jazzer, whose corpus
 * becomes more seeds.
 */
@NullMarked
package sherd.bench.fuzz;

import org.jspecify.annotations.NullMarked;
