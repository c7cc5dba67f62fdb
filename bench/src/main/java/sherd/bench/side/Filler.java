package sherd.bench.side;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/**
 * Writes the keys that redis-benchmark asks for, each once, so that every GET finds one. Values are random letters, each
 * key's its own: what compresses well would flatter whoever compresses.
 */
public final class Filler {
    private static final String FIRST_KEY = "key:000000000000";

    public static final int KEY_BYTES = FIRST_KEY.length();

    private static final int DIGITS = 12;
    private static final int LAST_DIGIT = "*3..$3..SET..$16..".length() + FIRST_KEY.length() - 1;
    private static final int LINE_END = 2;
    private static final int BATCH = 500;
    private static final long SEED = 1;
    private static final byte[] DONE = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);

    private Filler() {}

    /** Returns once all are acknowledged. */
    public static void fill(HostPort server, long keys, int valueBytes) {
        var random = new SplittableRandom(SEED);
        try (var socket = new Socket(server.host(), server.port());
                var out = new BufferedOutputStream(socket.getOutputStream(), 1 << 17);
                var in = new DataInputStream(socket.getInputStream())) {
            socket.setTcpNoDelay(true);
            // All requests are of one length, so one is a template in which digits and value change.
            var request = request(valueBytes);
            for (long first = 0; first < keys; first += BATCH) {
                int count = (int) Math.min(BATCH, keys - first);
                for (int i = 0; i < count; i++) {
                    setDigits(request, first + i);
                    setValue(request, valueBytes, random);
                    out.write(request);
                }
                out.flush();
                expectDone(in, count);
            }
        } catch (IOException e) {
            throw new BenchException("cannot fill " + server + ": " + e, e);
        }
    }

    private static byte[] request(int valueBytes) {
        var end = "\r\n";
        return String.join(
                        end,
                        "*3",
                        "$3",
                        "SET",
                        "$" + KEY_BYTES,
                        FIRST_KEY,
                        "$" + valueBytes,
                        "x".repeat(valueBytes),
                        "")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void setDigits(byte[] request, long key) {
        long rest = key;
        for (int at = LAST_DIGIT; at > LAST_DIGIT - DIGITS; at--) {
            request[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static void setValue(byte[] request, int valueBytes, SplittableRandom random) {
        int end = request.length - LINE_END;
        long bits = 0;
        for (int at = end - valueBytes; at < end; at++) {
            bits = bits == 0 ? random.nextLong() : bits;
            request[at] = (byte) ('0' + (bits & 0x3F)); // '0' to 'o'
            bits >>>= 6;
        }
    }

    private static void expectDone(DataInputStream in, int count) throws IOException {
        var replies = in.readNBytes(count * DONE.length);
        for (int i = 0; i < replies.length; i++) {
            if (replies[i] != DONE[i % DONE.length]) {
                throw new IOException(
                        "a SET was not answered with OK: " + new String(replies, StandardCharsets.ISO_8859_1).strip());
            }
        }
        if (replies.length < count * DONE.length) {
            throw new EOFException("the server closed the connection");
        }
    }
}
