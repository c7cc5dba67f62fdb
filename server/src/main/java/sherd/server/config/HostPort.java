package sherd.server.config;

/** An address to listen on. Port 0 means any free one. An IPv6 host is written in brackets and kept without them. */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public HostPort {
        if (host.isEmpty() || port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("must be HOST:PORT with a port from 0 to " + MAX_PORT);
        }
    }

    /**
     * Reads an address as it is written in a configuration.
     *
     * @throws IllegalArgumentException saying what it must be
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("must be HOST:PORT with an IPv6 host in brackets");
        }
        var port = text.substring(colon + 1);
        if (!port.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("must be HOST:PORT with a port from 0 to " + MAX_PORT);
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    boolean clashesWith(HostPort other) {
        return port != 0 && equals(other);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
