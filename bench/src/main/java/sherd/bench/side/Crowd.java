package sherd.bench.side;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import sherd.bench.frame.BenchException;
import sherd.bench.load.Dialect;
import sherd.bench.load.Request;
import sherd.server.config.HostPort;

/** Many connections of one thread: idle ones, which have asked once, and busy ones, which take turns at a fixed rate. */
public final class Crowd implements AutoCloseable {
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long SECOND = 1_000_000_000;
    private static final int READ_BYTES = 64 << 10;

    private final Request request = Dialect.RESP.get(new SplittableRandom(1));
    private final ByteBuffer toSend = ByteBuffer.allocateDirect(request.bytes());
    private final HostPort server;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final AtomicLong replies = new AtomicLong();
    private @Nullable Thread thread;
    private volatile boolean done;
    private volatile @Nullable IOException failure;

    public Crowd(HostPort server) {
        this.server = server;
    }

    /** Connects so many more; each is answered a PING. */
    public void connect(int count) {
        try {
            var reply = ByteBuffer.allocate(7);
            for (int i = 0; i < count; i++) {
                var channel = SocketChannel.open(new InetSocketAddress(server.host(), server.port()));
                channels.add(channel);
                channel.write(ByteBuffer.wrap(PING));
                reply.clear();
                while (reply.hasRemaining()) {
                    if (channel.read(reply) < 0) {
                        throw new IOException("closed by the server");
                    }
                }
                if (reply.get(0) != '+') {
                    throw new IOException(new String(reply.array(), StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            throw new BenchException(
                    "connection " + channels.size() + " failed: " + e + "; does ulimit -n allow as many files?", e);
        }
    }

    /** Has the connections ask for one of {@code keys}, {@code rate} times a second in all. */
    public void start(long keys, int rate) {
        thread = Thread.ofPlatform().name("crowd").start(() -> run(keys, rate));
    }

    private void run(long keys, int rate) {
        try (var selector = Selector.open()) {
            for (var channel : channels) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
            }
            var buffer = ByteBuffer.allocateDirect(READ_BYTES);
            long began = System.nanoTime();
            long asked = 0;
            while (!done) {
                long due = (long) ((System.nanoTime() - began) * (double) rate / SECOND);
                for (; asked < due; asked++) {
                    ask(channels.get((int) (asked % channels.size())), asked % keys);
                }
                selector.select(1);
                for (var key : selector.selectedKeys()) {
                    buffer.clear();
                    if (((SocketChannel) key.channel()).read(buffer) < 0) {
                        throw new IOException("closed by the server");
                    }
                    replies.addAndGet(buffer.position());
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void ask(SocketChannel channel, long key) throws IOException {
        toSend.clear();
        request.about(key).writeTo(toSend);
        channel.write(toSend.flip());
    }

    /** Of replies, in all. */
    public long bytes() {
        return replies.get();
    }

    @Override
    public void close() {
        done = true;
        try {
            if (thread != null) {
                thread.join();
            }
            for (var channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            throw new BenchException("cannot close a connection: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
        var broken = failure;
        if (broken != null) {
            throw new BenchException("a busy connection failed: " + broken, broken);
        }
    }
}
