/**
 * The words of the request path: commands, replies and the batches which carry them. Data only; nothing here acts.
 */
@NullMarked
package sherd.engine.command;

import org.jspecify.annotations.NullMarked;
