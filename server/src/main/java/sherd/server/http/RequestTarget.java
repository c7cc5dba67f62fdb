package sherd.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sherd.engine.error.ErrorCode;

/**
 * The request line's target, cut up: path segments as they were sent (still percent-encoded, so that an encoded
 * {@code /} or {@code ,} stays one character of a key) and decoded parameters.
 */
record RequestTarget(String path, List<String> segments, String query, Map<String, String> parameters) {
    static RequestTarget parse(String uri) {
        var target = uri;
        if (target.startsWith("http://") || target.startsWith("https://")) {
            int slash = target.indexOf('/', target.indexOf("//") + 2);
            target = slash < 0 ? "/" : target.substring(slash);
        }
        if (!target.startsWith("/")) {
            throw Problem.refuse(ErrorCode.INVALID_ARGUMENT, "not a path: target='" + uri + "'; start it with /");
        }
        int hash = target.indexOf('#');
        if (hash >= 0) {
            target = target.substring(0, hash);
        }
        int question = target.indexOf('?');
        var path = question < 0 ? target : target.substring(0, question);
        var query = question < 0 ? "" : target.substring(question + 1);
        return new RequestTarget(path, List.of(path.substring(1).split("/", -1)), query, parameters(query));
    }

    private static Map<String, String> parameters(String query) {
        if (query.isEmpty()) {
            return Map.of();
        }
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            var name = text(plain(equals < 0 ? pair : pair.substring(0, equals)));
            var value = equals < 0 ? "" : text(plain(pair.substring(equals + 1)));
            // By its name a list: whoever wants more than one of its values reads the query itself.
            boolean list = name.endsWith("[]");
            if (parameters.put(name, value) != null && !list) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT, "parameter given twice: parameter='" + name + "'; give it once");
            }
        }
        return parameters;
    }

    private static String plain(String formEncoded) {
        return formEncoded.replace('+', ' ');
    }

    /** Parts of a key: separated by commas, each percent-encoded. */
    static List<byte[]> keyParts(String segment) {
        if (segment.indexOf(',') < 0) {
            return List.of(bytes(segment));
        }
        var parts = new ArrayList<byte[]>();
        for (var part : segment.split(",", -1)) {
            parts.add(bytes(part));
        }
        return parts;
    }

    static String text(String encoded) {
        if (plainAscii(encoded)) {
            return encoded;
        }
        return text(bytes(encoded), encoded);
    }

    static String text(byte[] bytes, String source) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.refuse(
                    ErrorCode.INVALID_TEXT, "not UTF-8 after percent-decoding: '" + source + "'; encode it as UTF-8");
        }
    }

    private static boolean plainAscii(String encoded) {
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%' || c >= 0x80) {
                return false;
            }
        }
        return true;
    }

    static byte[] bytes(String encoded) {
        if (encoded.indexOf('%') < 0) {
            return encoded.getBytes(StandardCharsets.UTF_8);
        }
        var out = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c != '%') {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            int high = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 1), 16) : -1;
            int low = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "bad percent-encoding: '" + encoded + "' at=" + i + "; write % as %25");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return out.toByteArray();
    }
}
