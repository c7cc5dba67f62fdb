package sherd.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Servers by name, written {@code east=http://10.0.0.5:8080, west=http://loki:3100}. */
public record LokiPeers(Map<String, URI> byName) {
    public static final LokiPeers NONE = new LokiPeers(Map.of());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String WANTED = "must be NAME=http://HOST:PORT, separated by commas";

    public LokiPeers {
        byName = Map.copyOf(byName);
    }

    static LokiPeers parse(String text) {
        var peers = new TreeMap<String, URI>();
        for (var part : text.split(",", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            var name = equals < 0 ? "" : part.substring(0, equals).strip();
            if (!NAME.matcher(name).matches()
                    || peers.put(name, uri(part.substring(equals + 1).strip())) != null) {
                throw new IllegalArgumentException(WANTED);
            }
        }
        return new LokiPeers(peers);
    }

    private static URI uri(String text) {
        try {
            var uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(WANTED, e);
        }
        throw new IllegalArgumentException(WANTED);
    }

    @Override
    public String toString() {
        return new TreeMap<>(byName)
                .entrySet().stream()
                        .map(peer -> peer.getKey() + "=" + peer.getValue())
                        .collect(Collectors.joining(", "));
    }
}
