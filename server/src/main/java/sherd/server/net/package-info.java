/**
 * What the doors share of the network: {@link sherd.server.net.EventLoops} are the threads that serve them, one a core,
 * and bind their ports. A loop works in rounds: it takes what is ready, and before it may sleep everything that was
 * written is sent ({@link sherd.server.net.GatheredFlushes}).
 */
@NullMarked
package sherd.server.net;

import org.jspecify.annotations.NullMarked;
