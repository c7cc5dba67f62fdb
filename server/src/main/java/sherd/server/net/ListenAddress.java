package sherd.server.net;

import java.net.InetSocketAddress;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** A host and a port, written {@code host:port}; port 0 means any free one. */
public record ListenAddress(String host, int port) {
    public ListenAddress {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw bad(host + ":" + port);
        }
    }

    /** Reads {@code 127.0.0.1:7379}, {@code localhost:0} or {@code [::1]:7379}. */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw bad(text);
        }
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw bad(text);
        }
        try {
            return new ListenAddress(host, Integer.parseInt(text, colon + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            throw bad(text);
        }
    }

    public static ListenAddress of(InetSocketAddress address) {
        return new ListenAddress(address.getAddress().getHostAddress(), address.getPort());
    }

    InetSocketAddress resolve() {
        var resolved = new InetSocketAddress(host, port);
        if (resolved.isUnresolved()) {
            throw new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "cannot resolve the host to listen on: host='" + host + "'; use an address of this machine");
        }
        return resolved;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static StoreException bad(String text) {
        return new StoreException(
                ErrorCode.INVALID_CONFIG,
                "not an address to listen on: address='" + text + "'; write HOST:PORT with a port of 0 to 65535");
    }
}
