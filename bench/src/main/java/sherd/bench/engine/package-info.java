/**
 * The engine alone, in this process: no protocol, no sockets; and beside it maps of others.
 */
@NullMarked
package sherd.bench.engine;

import org.jspecify.annotations.NullMarked;
