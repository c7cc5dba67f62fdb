package sherd.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.version.VersionVector;

/**
 * What {@code If-Match} and {@code If-None-Match} demand of the row's current version. An entity tag is the version
 * vector in quotes; a tag that is no vector is well formed but can match nothing.
 */
record Preconditions(@Nullable Tags match, @Nullable Tags noneMatch) {
    /** A list of tags, or {@code *}: any version at all. */
    record Tags(boolean any, List<String> tags) {
        boolean include(VersionVector current) {
            return current.size() > 0 && include(current.toString());
        }

        /** Of something that is there. */
        boolean include(String current) {
            return any || tags.contains(current);
        }
    }

    static Preconditions of(Exchange exchange) {
        return new Preconditions(
                tags(exchange, HttpHeaderNames.IF_MATCH.toString(), false),
                tags(exchange, HttpHeaderNames.IF_NONE_MATCH.toString(), true));
    }

    /** Whether a write may go ahead. */
    boolean allow(VersionVector current) {
        return (match == null || match.include(current)) && (noneMatch == null || !noneMatch.include(current));
    }

    /** Whether a reader who has this already needs nothing. */
    boolean unchanged(VersionVector current) {
        return noneMatch != null && noneMatch.include(current);
    }

    static String tag(VersionVector vector) {
        return "\"" + vector + "\"";
    }

    private static @Nullable Tags tags(Exchange exchange, String name, boolean weakToo) {
        var values = exchange.head().headers(name);
        if (values.isEmpty()) {
            return null;
        }
        var text = String.join(",", values).strip();
        if (text.equals("*")) {
            return new Tags(true, List.of());
        }
        var tags = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            boolean weak = text.startsWith("W/", at);
            int open = weak ? at + 2 : at;
            int close = open < text.length() && text.charAt(open) == '"' ? text.indexOf('"', open + 1) : -1;
            if (close < 0) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "not an entity tag: " + name + "='" + text + "'; send the ETag as it came, quotes included");
            }
            if (!weak || weakToo) {
                tags.add(text.substring(open + 1, close));
            }
            at = close + 1;
            while (at < text.length()
                    && (text.charAt(at) == ',' || text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
        return new Tags(false, tags);
    }
}
