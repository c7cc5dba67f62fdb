package sherd.bench.load;

import sherd.server.config.HostPort;

/**
 * What is sent where.
 *
 * @param connections that are opened for it
 * @param pipeline commands that a connection sends at once, 1 to 64
 */
public record Load(HostPort server, int connections, int pipeline, CommandSource commands) {
    public Load {
        if (connections < 1 || pipeline < 1 || pipeline > Long.SIZE) {
            throw new IllegalArgumentException("at least one connection and 1 to 64 commands at once: connections="
                    + connections + " pipeline=" + pipeline);
        }
    }
}
