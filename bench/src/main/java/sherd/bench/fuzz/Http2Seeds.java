package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Frames of HTTP/2 as clients with prior knowledge send them, after the preface. */
final class Http2Seeds {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    static final List<String> WORDS = List.of(
            "\0\0\0\u0004\0\0\0\0\0",
            "\0\0\0\u0004\u0001\0\0\0\0",
            "\0\0\0\0\u0001\0\0\0\u0001",
            "\0\0\u0004\u0003\0\0\0\0\u0001\0\0\0\u0008",
            "\0\0\u0008\u0006\0\0\0\0\0abcdefgh",
            "\u0082\u0086\u0084",
            "\u0083",
            "\u0085",
            "\u0000\u0004host\u0001x",
            "\u00ff\u00ff\u00ff\u00ff\u000f",
            "/api/v1/shard",
            "content-length");

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final String NO_SETTINGS = frame(SETTINGS, 0, 0, "");
    private static final String ACK = frame(SETTINGS, 1, 0, "");

    private Http2Seeds() {}

    static byte[] withPreface(byte[] frames) {
        var preface = PREFACE.getBytes(ISO_8859_1);
        var all = Arrays.copyOf(preface, preface.length + frames.length);
        System.arraycopy(frames, 0, all, preface.length, frames.length);
        return all;
    }

    private static String frame(int type, int flags, int stream, String payload) {
        var frame = new ByteArrayOutputStream();
        frame.write(payload.length() >>> 16);
        frame.write(payload.length() >>> 8);
        frame.write(payload.length());
        frame.write(type);
        frame.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(stream >>> shift);
        }
        return frame.toString(ISO_8859_1) + payload;
    }

    /** A header without compression. */
    private static String header(String name, String value) {
        return "\0" + (char) name.length() + name + (char) value.length() + value;
    }

    private static String request(String method, String path) {
        return header(":method", method)
                + header(":scheme", "http")
                + header(":path", path)
                + header(":authority", "x");
    }

    static List<byte[]> connections() {
        var batch = "{\"ops\":[{\"op\":\"set\",\"key\":\"a\",\"value\":\"1\"}]}";
        var json = header("content-type", "application/json");
        int closed = END_STREAM | END_HEADERS;
        var get = request("GET", "/api/v1/tables/default/kv/rows/a");
        return List.of(
                        NO_SETTINGS + ACK + frame(HEADERS, closed, 1, get),
                        NO_SETTINGS
                                + frame(HEADERS, END_HEADERS, 1, request("POST", "/api/v1/shard") + json)
                                + frame(DATA, END_STREAM, 1, batch),
                        frame(SETTINGS, 0, 0, "\0\u0004\0\0\u0010\0\0\u0001\0\0\0\0")
                                + frame(HEADERS, closed, 1, request("GET", "/healthz"))
                                + frame(HEADERS, closed, 3, request("GET", "/metrics"))
                                + frame(WINDOW_UPDATE, 0, 0, "\0\0@\0")
                                + frame(WINDOW_UPDATE, 0, 3, "\0\0@\0"),
                        NO_SETTINGS
                                + frame(HEADERS, END_STREAM, 1, get.substring(0, 20))
                                + frame(CONTINUATION, END_HEADERS, 1, get.substring(20)),
                        NO_SETTINGS
                                + frame(PING, 0, 0, "12345678")
                                + frame(PRIORITY, 0, 5, "\0\0\0\u0001\u0010")
                                + frame(HEADERS, END_HEADERS, 1, request("PUT", "/api/v1/tables/default/kv/rows/b"))
                                + frame(DATA, 0, 1, "part")
                                + frame(RESET, 0, 1, "\0\0\0\u0008"))
                .stream()
                .map(text -> text.getBytes(ISO_8859_1))
                .toList();
    }
}
