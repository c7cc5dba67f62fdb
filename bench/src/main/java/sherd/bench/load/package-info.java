/**
 * A load generator of our own, for what others' do not do: a fixed rate with latency counted from when a command was
 * due, keys of which some are asked for far more often than others, and protocols other than RESP.
 *
 * <p>{@link LoadGenerator} sends what a {@link CommandSource} makes over connections, and counts what comes back in a
 * {@link Measured}.
 */
@NullMarked
package sherd.bench.load;

import org.jspecify.annotations.NullMarked;
