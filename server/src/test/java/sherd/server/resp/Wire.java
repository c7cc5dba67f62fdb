package sherd.server.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A client that hides nothing: bytes out, replies in as they stand on the wire. Text is ISO 8859-1, so bytes survive. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private ByteArrayOutputStream raw = new ByteArrayOutputStream();

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = socket.getOutputStream();
    }

    /** One reply: its bytes, and its parts when it is an aggregate. */
    record Reply(String raw, List<Reply> parts) {
        char type() {
            return raw.charAt(0);
        }

        /** What stands after the type: a number, a status, an error; or the content of a bulk. */
        String text() {
            int end = raw.indexOf("\r\n");
            return type() == '$' && raw.charAt(1) != '-'
                    ? raw.substring(end + 2, raw.length() - 2)
                    : raw.substring(1, end);
        }

        long number() {
            return Long.parseLong(text());
        }
    }

    static byte[] encode(List<String> words) {
        var text = new StringBuilder("*").append(words.size()).append("\r\n");
        for (var word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(ISO_8859_1);
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(String bytes) throws IOException {
        send(bytes.getBytes(ISO_8859_1));
    }

    /** Sends a command and returns the raw reply. */
    String call(String... words) throws IOException {
        return ask(words).raw();
    }

    Reply ask(String... words) throws IOException {
        send(encode(List.of(words)));
        return read();
    }

    Reply read() throws IOException {
        raw = new ByteArrayOutputStream();
        return parse();
    }

    private Reply parse() throws IOException {
        int start = raw.size();
        var line = line();
        var parts = new ArrayList<Reply>();
        switch (line.charAt(0)) {
            case '$', '=' -> {
                int length = Integer.parseInt(line.substring(1));
                if (length >= 0) {
                    take(length + 2);
                }
            }
            case '*', '~', '>' -> collect(parts, Integer.parseInt(line.substring(1)));
            case '%' -> collect(parts, 2 * Integer.parseInt(line.substring(1)));
            default -> {}
        }
        return new Reply(raw.toString(ISO_8859_1).substring(start), parts);
    }

    private void collect(List<Reply> parts, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            parts.add(parse());
        }
    }

    private String line() throws IOException {
        int start = raw.size();
        int last = 0;
        while (true) {
            int b = next();
            raw.write(b);
            if (last == '\r' && b == '\n') {
                return raw.toString(ISO_8859_1).substring(start, raw.size() - 2);
            }
            last = b;
        }
    }

    private void take(int bytes) throws IOException {
        var content = in.readNBytes(bytes);
        if (content.length < bytes) {
            throw new EOFException("connection ended inside a reply");
        }
        raw.writeBytes(content);
    }

    private int next() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("connection ended");
        }
        return b;
    }

    /** Everything until the server hangs up. */
    String readToEnd() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
