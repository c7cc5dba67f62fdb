package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket that sends exactly the frames it is told, right or wrong, and reads frames one by one. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int REFUSED_STREAM = 7;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int INITIAL_WINDOW = 4;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean ends() {
            return (flags & END_STREAM) != 0 && (type == DATA || type == HEADERS);
        }

        /** Of a reset. */
        int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    record Reply(int status, String body) {}

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder();

    /** Connected, and nothing said yet. */
    RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** The preface, and settings with this window for each stream. */
    RawHttp2 greet(int window) throws IOException {
        return send(greeting(window));
    }

    static byte[] greeting(int window) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(bytes(SETTINGS, 0, 0, windowSetting(window)));
        return all.toByteArray();
    }

    /** What a frame of settings holds that sets the window of each stream. */
    static byte[] windowSetting(int window) {
        return ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW)
                .putInt(window)
                .array();
    }

    RawHttp2 send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
        return send(bytes(type, flags, stream, payload));
    }

    static byte[] bytes(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    RawHttp2 get(int stream, String path) throws IOException {
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, head("GET", path));
    }

    /** A request whose body is to come. */
    RawHttp2 post(int stream, String path, String... more) throws IOException {
        return frame(HEADERS, END_HEADERS, stream, head("POST", path, more));
    }

    RawHttp2 data(int stream, String text, boolean last) throws IOException {
        return frame(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    RawHttp2 reset(int stream) throws IOException {
        return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    RawHttp2 window(int stream, int bytes) throws IOException {
        return frame(
                WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    static byte[] head(String method, String path, String... more) {
        var block = new ByteArrayOutputStream();
        for (var pair : List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "test")) {
            string(block, pair);
        }
        for (var pair : more) {
            string(block, pair);
        }
        return literals(block.toByteArray());
    }

    /** Puts the byte that says "literal, never indexed" before each name. */
    private static byte[] literals(byte[] strings) {
        var block = new ByteArrayOutputStream();
        int at = 0;
        for (int i = 0; at < strings.length; i++) {
            if (i % 2 == 0) {
                block.write(0x10);
            }
            int end = at + 1;
            int length = strings[at] & 0x7F;
            if (length == 0x7F) {
                int shift = 0;
                do {
                    length += (strings[end] & 0x7F) << shift;
                    shift += 7;
                } while (strings[end++] < 0);
            }
            block.write(strings, at, end - at + length);
            at = end + length;
        }
        return block.toByteArray();
    }

    /** A string as HPACK has it, not compressed. */
    static void string(ByteArrayOutputStream out, String text) {
        int length = text.length();
        if (length < 0x7F) {
            out.write(length);
        } else {
            out.write(0x7F);
            int rest = length - 0x7F;
            for (; rest >= 0x80; rest >>>= 7) {
                out.write((rest & 0x7F) | 0x80);
            }
            out.write(rest);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The lines before frames begin that say whether an upgrade was granted. */
    String answerToUpgrade() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** The next frame, or null at the end of the connection. */
    @Nullable
    Frame read() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return new Frame(type, flags, stream, in.readNBytes(length));
        } catch (EOFException | SocketException e) {
            return null; // a reset is an end as well
        }
    }

    /** The next frame of a type; others before it are passed over. */
    Frame read(int type) throws IOException {
        for (var frame = read(); frame != null; frame = read()) {
            if (frame.type == type) {
                return frame;
            }
        }
        throw new EOFException("ended before a frame of type " + type);
    }

    Http2Headers headers(Frame frame) throws Http2Exception {
        return headers.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
    }

    /** All of the response on a stream; nothing may come on others in between. */
    Reply reply(int stream) throws IOException, Http2Exception {
        int status = 0;
        var body = new StringBuilder();
        for (var frame = read(); frame != null; frame = read()) {
            if (frame.type == HEADERS) {
                status = Integer.parseInt(String.valueOf(headers(frame).status()));
            } else if (frame.type == DATA) {
                body.append(frame.text());
            } else if (frame.type == RST_STREAM || frame.type == GOAWAY) {
                throw new IOException("instead of a response: type=" + frame.type + " error=" + frame.error());
            }
            if (frame.ends() && frame.stream == stream) {
                return new Reply(status, body.toString());
            }
        }
        throw new EOFException("ended before the response on stream " + stream);
    }

    /** Reads to the end; the last error that a GOAWAY gave, or -1 if there was none. */
    int goodbye() throws IOException {
        int error = -1;
        for (var frame = read(); frame != null; frame = read()) {
            if (frame.type == GOAWAY) {
                error = frame.error();
            }
        }
        return error;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
