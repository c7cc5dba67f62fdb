package sherd.bench.side;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import sherd.bench.load.Request;
import sherd.server.config.HostPort;

/** Clients that ask for more than is good for a server. Each run is whole: what comes back is what it should be. */
public final class Abuse {
    private static final int LAST_DIGIT = "$16..key:000000000000".length() - 1;
    private static final int CHUNK = 1 << 16;
    private static final int BUFFER = 1 << 17;
    private static final int UNREAD_VALUE = 100_000;
    private static final int UNREAD_REQUESTS = 100_000;

    private Abuse() {}

    /** Asks for far more than it reads, which is nothing, for so long. */
    public static void neverRead(HostPort server, long millis) throws IOException {
        try (var socket = new Socket(server.host(), server.port())) {
            var value = new byte[UNREAD_VALUE];
            Arrays.fill(value, (byte) 'v');
            var out = socket.getOutputStream();
            out.write(words("SET", "unread", new String(value, StandardCharsets.US_ASCII)));
            expect(new DataInputStream(socket.getInputStream()), "+OK\r\n");
            var get = words("GET", "unread");
            // Writing blocks when the server no longer reads, as it should; this ends that.
            var writer = Thread.ofVirtual().start(() -> write(socket, get));
            Thread.sleep(millis);
            socket.shutdownOutput();
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void write(Socket socket, byte[] request) {
        try {
            for (int i = 0; i < UNREAD_REQUESTS; i++) {
                socket.getOutputStream().write(request);
            }
        } catch (IOException e) {
            assert socket.isOutputShutdown() : e;
        }
    }

    /** Sets a value of so many bytes and gets it back. */
    public static void largeValue(HostPort server, int bytes) throws IOException {
        try (var socket = new Socket(server.host(), server.port())) {
            var out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
            out.write(text("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$" + bytes + "\r\n"));
            var random = new SplittableRandom(bytes);
            var chunk = new byte[CHUNK];
            for (int left = bytes; left > 0; left -= CHUNK) {
                random.nextBytes(chunk);
                out.write(chunk, 0, Math.min(left, CHUNK));
            }
            out.write(text("\r\n"));
            out.flush();
            expect(in, "+OK\r\n");
            out.write(words("GET", "large"));
            out.flush();
            expect(in, "$" + bytes + "\r\n");
            random = new SplittableRandom(bytes);
            var got = new byte[CHUNK];
            for (int left = bytes; left > 0; left -= CHUNK) {
                int length = Math.min(left, CHUNK);
                random.nextBytes(chunk);
                in.readFully(got, 0, length);
                if (!Arrays.equals(got, 0, length, chunk, 0, length)) {
                    throw new IOException("another value came back than was set");
                }
            }
            expect(in, "\r\n");
            out.write(words("DEL", "large"));
            out.flush();
            expect(in, ":1\r\n");
        }
    }

    /** Asks for the first {@code keys} keys at once and begins to read only after a while. */
    public static void manyKeys(HostPort server, int keys, int valueBytes, long beforeReading) throws IOException {
        try (var socket = new Socket(server.host(), server.port())) {
            var out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
            out.write(text("*" + (keys + 1) + "\r\n$4\r\nMGET\r\n"));
            var key = text("$16\r\nkey:000000000000\r\n");
            for (int i = 0; i < keys; i++) {
                Request.putNumber(key, LAST_DIGIT, i);
                out.write(key);
            }
            out.flush();
            Thread.sleep(beforeReading);
            var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
            expect(in, "*" + keys + "\r\n");
            var header = text("$" + valueBytes + "\r\n");
            var element = new byte[header.length + valueBytes + 2];
            for (int i = 0; i < keys; i++) {
                in.readFully(element);
                if (!Arrays.equals(element, 0, header.length, header, 0, header.length)) {
                    throw new IOException("element " + i + " is not a value of " + valueBytes + " bytes");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] words(String... words) {
        var request = new StringBuilder("*").append(words.length).append("\r\n");
        for (var word : words) {
            request.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return text(request.toString());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void expect(DataInputStream in, String reply) throws IOException {
        var got = new byte[reply.length()];
        in.readFully(got);
        var came = new String(got, StandardCharsets.US_ASCII);
        if (!came.equals(reply)) {
            throw new IOException("'" + came.strip() + "' came instead of '" + reply.strip() + "'");
        }
    }
}
