/**
 * Where a node's time goes, as counted by the doors and read by whoever watches: {@link sherd.server.observe.Stages}
 * split the time of sampled batches, a {@link sherd.server.observe.Histogram} counts durations, a
 * {@link sherd.server.observe.MetricSource} adds its figures to those of the node, and a
 * {@link sherd.server.observe.Profiler} draws where the processor was. What is counted on the request path is counted
 * by one thread in cells of its own and added up by the reader.
 */
@NullMarked
package sherd.server.observe;

import org.jspecify.annotations.NullMarked;
