/**
 * A node: the doors through which requests come, and what is needed around the engine to run it.
 */
@NullMarked
package sherd.server;

import org.jspecify.annotations.NullMarked;
