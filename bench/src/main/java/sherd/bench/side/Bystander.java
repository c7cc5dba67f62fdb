package sherd.bench.side;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/**
 * A client that does no harm: a SET or a GET every so often, each timed from the moment at which it was due, so that
 * what waits behind a slow answer counts too.
 */
public final class Bystander implements AutoCloseable {
    private static final byte[] SET =
            "*3\r\n$3\r\nSET\r\n$9\r\nbystander\r\n$1\r\nv\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GET = "*2\r\n$3\r\nGET\r\n$9\r\nbystander\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SET_REPLY = "+OK\r\n".length();
    private static final int GET_REPLY = "$1\r\nv\r\n".length();

    private final HostPort server;
    private final long everyNanos;
    private final Thread thread;
    private long[] nanos = new long[1 << 16];
    private int count;
    private volatile boolean done;
    private volatile @Nullable IOException failure;

    private Bystander(HostPort server, long everyNanos) {
        this.server = server;
        this.everyNanos = everyNanos;
        thread = Thread.ofPlatform().name("bystander").start(this::run);
    }

    public static Bystander start(HostPort server, long everyNanos) {
        return new Bystander(server, everyNanos);
    }

    private void run() {
        try (var socket = new Socket(server.host(), server.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            var in = new DataInputStream(socket.getInputStream());
            var reply = new byte[GET_REPLY];
            long due = System.nanoTime();
            for (int i = 0; !done; i++) {
                boolean set = i % 2 == 0;
                socket.getOutputStream().write(set ? SET : GET);
                in.readFully(reply, 0, set ? SET_REPLY : GET_REPLY);
                if (reply[0] == '-') {
                    throw new IOException("refused");
                }
                add(System.nanoTime() - due);
                due += everyNanos;
                long early = due - System.nanoTime();
                if (early > 0) {
                    LockSupport.parkNanos(early);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void add(long took) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = took;
    }

    /** What it saw, once it has ended. */
    public record Seen(double medianMicros, double p99Micros, double maxMicros) {}

    public Seen end() {
        close();
        var broken = failure;
        if (broken != null) {
            throw new BenchException("the bystander was not served: " + broken, broken);
        }
        var sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return new Seen(sorted[count / 2] / 1e3, sorted[(int) (count * 0.99)] / 1e3, sorted[count - 1] / 1e3);
    }

    @Override
    public void close() {
        done = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
