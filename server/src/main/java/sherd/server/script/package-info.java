/**
 * Lua scripts: compiled, kept, and run within bounds. Knows nothing of doors; who runs scripts brings the functions by
 * which they reach rows.
 *
 * <p>What holds: a script sees only what {@link sherd.server.script.Sandbox} put there; it can change none of that, so
 * nothing survives a run; every run ends, by its own or by its {@link sherd.server.script.Bounds}.
 */
@NullMarked
package sherd.server.script;

import org.jspecify.annotations.NullMarked;
