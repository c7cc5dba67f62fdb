/**
 * What the store tells those who run it: one {@link sherd.engine.observe.Events} listener receives every notable
 * {@link sherd.engine.observe.Event}. Events are rare; nothing on the request path makes one.
 */
@NullMarked
package sherd.engine.observe;

import org.jspecify.annotations.NullMarked;
