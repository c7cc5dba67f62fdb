package sherd.server.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import sherd.server.config.HostPort;

/** The smallest client that speaks RESP 2, answering as redis-cli prints answers on a terminal. */
public final class RespClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

    public RespClient(HostPort address) throws IOException {
        socket = new Socket(address.host(), address.port());
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** What came back. */
    public sealed interface Reply {
        record Status(String text) implements Reply {}

        record Failure(String text) implements Reply {}

        record Whole(long value) implements Reply {}

        record Text(String text) implements Reply {}

        record Nil() implements Reply {}

        record Many(List<Reply> parts) implements Reply {}

        /** As redis-cli shows it. */
        default String shown() {
            return shown("");
        }

        private String shown(String indent) {
            return switch (this) {
                case Status(var text) -> text;
                case Failure(var text) -> "(error) " + text;
                case Whole(var value) -> "(integer) " + value;
                case Text(var text) -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
                case Nil() -> "(nil)";
                case Many(var parts) -> {
                    var lines = new ArrayList<String>();
                    for (int i = 0; i < parts.size(); i++) {
                        var number = (i + 1) + ") ";
                        lines.add((i == 0 ? "" : indent)
                                + number
                                + parts.get(i).shown(indent + " ".repeat(number.length())));
                    }
                    yield lines.isEmpty() ? "(empty array)" : String.join("\n", lines);
                }
            };
        }

        /** The text of one part of an array. */
        default String part(int index) {
            return this instanceof Many(var parts) && parts.get(index) instanceof Text(var text) ? text : "";
        }
    }

    public Reply call(List<String> words) throws IOException {
        add(words);
        send();
        return read();
    }

    /** Adds a command to what {@link #send} sends. */
    void add(List<String> words) {
        unsent.writeBytes(("*" + words.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (var word : words) {
            var bytes = word.getBytes(StandardCharsets.UTF_8);
            unsent.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            unsent.writeBytes(bytes);
            unsent.writeBytes(new byte[] {'\r', '\n'});
        }
    }

    /** Sends what was added. There is one reply to {@link #read} for each command. */
    void send() throws IOException {
        unsent.writeTo(out);
        unsent.reset();
        out.flush();
    }

    Reply read() throws IOException {
        var line = line();
        var rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> new Reply.Status(rest);
            case '-' -> new Reply.Failure(rest);
            case ':' -> new Reply.Whole(Long.parseLong(rest));
            case '$' -> text(Integer.parseInt(rest));
            case '*' -> many(Integer.parseInt(rest));
            default -> throw new IOException("not RESP: " + line);
        };
    }

    private Reply text(int length) throws IOException {
        if (length < 0) {
            return new Reply.Nil();
        }
        var bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the node closed the connection");
        }
        return new Reply.Text(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    private Reply many(int count) throws IOException {
        if (count < 0) {
            return new Reply.Nil();
        }
        var parts = new ArrayList<Reply>();
        for (int i = 0; i < count; i++) {
            parts.add(read());
        }
        return new Reply.Many(List.copyOf(parts));
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the node closed the connection");
            }
            line.write(c);
        }
        if (in.read() != '\n' || line.size() == 0) {
            throw new IOException("not RESP: " + line.toString(StandardCharsets.UTF_8));
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
