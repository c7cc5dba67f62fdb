package sherd.server.loki;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/**
 * Other servers that a query may name.
 *
 * @param here what this node is called among them
 * @param others where they are, by name
 * @param timeoutMillis how long one may take
 */
public record Peers(String here, Map<String, URI> others, long timeoutMillis) {
    public static final Peers NONE = new Peers("local", Map.of(), 10_000);

    public Peers {
        others = Map.copyOf(others);
    }

    /** With the servers in the order of their names. */
    Map<String, URI> sorted() {
        return new TreeMap<>(others);
    }
}
