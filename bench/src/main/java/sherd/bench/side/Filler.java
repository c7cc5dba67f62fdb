package sherd.bench.side;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import sherd.bench.frame.BenchException;
import sherd.bench.load.Dialect;
import sherd.server.config.HostPort;

/**
 * Writes the keys that redis-benchmark asks for, each once, so that every GET finds one. Values are random letters, each
 * key's its own: what compresses well would flatter whoever compresses.
 */
public final class Filler {
    public static final int KEY_BYTES = "key:000000000000".length();

    private static final int BATCH = 500;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final long SEED = 1;

    private Filler() {}

    /** Over RESP; returns once all are acknowledged. */
    public static void fill(HostPort server, long keys, int valueBytes) {
        fill(server, Dialect.RESP, keys, valueBytes);
    }

    public static void fill(HostPort server, Dialect dialect, long keys, int valueBytes) {
        try (var socket = new Socket(server.host(), server.port());
                var out = new BufferedOutputStream(socket.getOutputStream(), 1 << 17);
                var in = new DataInputStream(socket.getInputStream())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var done = dialect.done().getBytes(StandardCharsets.US_ASCII);
            var request = dialect.set(valueBytes, new SplittableRandom(SEED));
            for (long first = 0; first < keys; first += BATCH) {
                int count = (int) Math.min(BATCH, keys - first);
                for (int i = 0; i < count; i++) {
                    request.about(first + i).writeTo(out);
                }
                out.flush();
                expectDone(in, done, count);
            }
        } catch (IOException e) {
            throw new BenchException("cannot fill " + server + ": " + e, e);
        }
    }

    private static void expectDone(DataInputStream in, byte[] done, int count) throws IOException {
        var replies = in.readNBytes(count * done.length);
        for (int i = 0; i < replies.length; i++) {
            if (replies[i] != done[i % done.length]) {
                throw new IOException(
                        "a write was refused: " + new String(replies, StandardCharsets.ISO_8859_1).strip());
            }
        }
        if (replies.length < count * done.length) {
            throw new EOFException("the server closed the connection");
        }
    }
}
