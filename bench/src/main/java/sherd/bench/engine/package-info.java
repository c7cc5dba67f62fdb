/**
 * The engine alone, in this process: no protocol, no sockets.
 */
@NullMarked
package sherd.bench.engine;

import org.jspecify.annotations.NullMarked;
