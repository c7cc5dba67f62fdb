package sherd.bench.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import sherd.server.config.HostPort;

/** A RESP 2 connection on which many commands may be under way. Text is ISO 8859-1, so bytes survive. */
final class Pipeline implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Pipeline(HostPort address) throws IOException {
        socket = new Socket(address.host(), address.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /**
     * What came back.
     *
     * @param type the first byte on the wire, or {@code _} for nil
     */
    record Reply(char type, String text, List<Reply> parts) {
        boolean isNil() {
            return type == '_';
        }

        @Override
        public String toString() {
            return type + (parts.isEmpty() ? text : parts.toString());
        }
    }

    void send(List<String> words) throws IOException {
        out.write(("*" + words.size() + "\r\n").getBytes(ISO_8859_1));
        for (var word : words) {
            out.write(("$" + word.length() + "\r\n").getBytes(ISO_8859_1));
            out.write(word.getBytes(ISO_8859_1));
            out.write('\r');
            out.write('\n');
        }
    }

    void flush() throws IOException {
        out.flush();
    }

    Reply call(String... words) throws IOException {
        send(List.of(words));
        flush();
        return read();
    }

    Reply read() throws IOException {
        var line = line();
        var rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', '-', ':' -> new Reply(line.charAt(0), rest, List.of());
            case '$' -> text(Integer.parseInt(rest));
            case '*' -> many(Integer.parseInt(rest));
            default -> throw new IOException("not RESP: " + line);
        };
    }

    private Reply text(int length) throws IOException {
        if (length < 0) {
            return new Reply('_', "", List.of());
        }
        var bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the node closed the connection inside a reply");
        }
        return new Reply('$', new String(bytes, 0, length, ISO_8859_1), List.of());
    }

    private Reply many(int count) throws IOException {
        var parts = new ArrayList<Reply>();
        for (int i = 0; i < count; i++) {
            parts.add(read());
        }
        return new Reply(count < 0 ? '_' : '*', "", parts);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the node closed the connection");
            }
            line.append((char) c);
        }
        if (line.length() < 2 || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("not RESP: " + line);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
