/**
 * The HTTP/1.1 door. A {@link sherd.server.http.HttpDoor} accepts; a connection answers one request at a time, in the
 * order they came; an exchange is one request with its one response; a call is what a route leads to; a body takes the
 * request's bytes as they come, so that nothing large is ever whole on the heap. What goes wrong becomes a problem
 * (RFC 9457), from one table.
 */
@NullMarked
package sherd.server.http;

import org.jspecify.annotations.NullMarked;
