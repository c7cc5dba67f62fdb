/**
 * What time it is: a {@link sherd.engine.time.Clock} is passed to everything that asks, so that tests and the
 * simulator decide. No other package reads the system's clock.
 */
@NullMarked
package sherd.engine.time;

import org.jspecify.annotations.NullMarked;
