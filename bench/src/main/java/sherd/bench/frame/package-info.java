/**
 * What every benchmark ends in: figures of sides and rounds, shown as a table, kept as JSON, drawn as SVG.
 */
@NullMarked
package sherd.bench.frame;

import org.jspecify.annotations.NullMarked;
