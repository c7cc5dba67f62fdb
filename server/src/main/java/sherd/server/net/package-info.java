/**
 * What the doors share of the network: {@link sherd.server.net.ListenAddress} is where a door listens, {@link
 * sherd.server.net.EventLoops} are the threads that serve it, one a core.
 */
@NullMarked
package sherd.server.net;

import org.jspecify.annotations.NullMarked;
