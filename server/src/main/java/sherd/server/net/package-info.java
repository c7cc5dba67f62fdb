/**
 * What the doors share of the network: {@link sherd.server.net.EventLoops} are the threads that serve them, one a core,
 * and bind their ports.
 */
@NullMarked
package sherd.server.net;

import org.jspecify.annotations.NullMarked;
