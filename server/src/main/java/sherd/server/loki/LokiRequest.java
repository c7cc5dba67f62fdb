package sherd.server.loki;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question, as a door brings it.
 *
 * @param tenant as the header said, or null
 * @param query parameters as they were sent, behind the question mark or as a form
 * @param name of the label whose values are asked for, or empty
 * @param reader who asks, by {@link sherd.engine.lifecycle.Readers#idOf}
 */
public record LokiRequest(@Nullable String tenant, String query, String name, int reader) {
    Map<String, List<String>> parameters() {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (var pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                var key = decode(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                parameters.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw LokiException.bad("bad percent-encoding: '" + text + "'; write % as %25");
        }
    }
}
