/**
 * What a node is told at its start: one immutable {@link sherd.server.config.NodeConfig}, read from a TOML file and from
 * {@code key=value} settings that win over it. The components of the records are the keys; the defaults stand in one
 * place. A configuration that exists is valid: everything wrong with it is found and reported at once.
 */
@NullMarked
package sherd.server.config;

import org.jspecify.annotations.NullMarked;
