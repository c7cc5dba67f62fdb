package sherd.server.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Events;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.time.SystemClock;
import sherd.server.net.LocalPair;

/** What a million commands of a kind allocate on the thread that executes them, from read buffer to reply buffer. */
final class AllocationTest {
    private static final int COMMANDS = 1_000_000;
    private static final int WARM_UP = 400_000;
    private static final int ROUNDS = 3;
    private static final int PIPELINE = 64;
    private static final int BUFFERS = 16;
    private static final double MOST_BYTES = 0.05;
    private static final long DAY_MILLIS = 86_400_000;
    private static final ArchiveSettings EVERY_READ_COUNTS = new ArchiveSettings(DAY_MILLIS, 3, DAY_MILLIS, 0);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path folder;

    /** Takes the replies the way a socket would, and looks at the first byte of each turn's. */
    private static final class Replies extends ChannelOutboundHandlerAdapter {
        final byte[] last = new byte[1 << 16];
        int bytes;
        long errors;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            var buffer = (ByteBuf) message;
            bytes = Math.min(last.length, buffer.readableBytes());
            buffer.getBytes(buffer.readerIndex(), last, 0, bytes);
            errors += last[0] == '-' ? 1 : 0;
            buffer.release();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {}

        /** Of the last turn. */
        String text() {
            return new String(last, 0, bytes, ISO_8859_1);
        }
    }

    /** A connection, with all that is needed to send to it without making anything new. */
    private final class Client implements AutoCloseable {
        final Engine engine;
        final RespDoor door;
        final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
        final Connection connection;
        final Channel channel;
        final Replies replies = new Replies();
        final List<ByteBuf> buffers = new ArrayList<>();

        Client() throws IOException {
            engine = Engine.open(
                    EngineConfig.DEFAULT.withSync(SyncPolicy.OS).withArchive(EVERY_READ_COUNTS),
                    new LocalDisk(folder),
                    new SystemClock(),
                    new Random(1),
                    Events.SILENT,
                    Thread.ofPlatform().daemon().factory());
            door = RespDoor.inProcess(engine, new SystemClock(), new SplittableRandom(1), "test");
            channel = LocalPair.connect(loop, child -> {
                child.config().setAllocator(PooledByteBufAllocator.DEFAULT);
                child.pipeline().addLast(replies);
                door.accept(child);
            });
            connection = door.connections().iterator().next();
        }

        ByteBuf buffer(int bytes) {
            var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
            buffers.add(buffer);
            return buffer;
        }

        /** One pipeline, read at once. */
        void send(ByteBuf pipeline) {
            pipeline.retain();
            channel.pipeline().fireChannelRead(pipeline);
            channel.pipeline().fireChannelReadComplete();
            while (connection.inputBytes() > 0) {
                loop.runNow(); // the log has to make room first
            }
        }

        String ask(String... words) {
            var buffer = buffer(256);
            buffer.writeCharSequence(command(words), ISO_8859_1);
            send(buffer);
            return replies.text();
        }

        @Override
        public void close() {
            buffers.forEach(ByteBuf::release);
            door.close();
            LocalPair.runAll(loop);
            engine.close();
        }
    }

    private static String command(String... words) {
        var text = new StringBuilder("*").append(words.length).append("\r\n");
        for (var word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    /** The i-th pipeline of the next commands; what it is made of is there already. */
    private interface Source {
        ByteBuf next(int i);
    }

    private static Source repeated(Client client, IntFunction<String> commandOfKey) {
        var pipelines = new ByteBuf[BUFFERS];
        for (int i = 0; i < BUFFERS; i++) {
            pipelines[i] = client.buffer(PIPELINE * 256);
            for (int command = 0; command < PIPELINE; command++) {
                pipelines[i].writeCharSequence(commandOfKey.apply(i * PIPELINE + command), ISO_8859_1);
            }
        }
        return i -> pipelines[i % BUFFERS];
    }

    /** Writers that each send the etag that they have read, so that all are let through. */
    private static Source matching(Client client) {
        int keys = BUFFERS * PIPELINE;
        var heads = new byte[keys][];
        var shards = new byte[keys][];
        var counters = new long[keys];
        for (int key = 0; key < keys; key++) {
            client.ask("SET", "e" + key, "value");
            var etag = client.ask("GETWITHETAG", "e" + key).split("\r\n", -1)[2];
            int colon = etag.indexOf(':');
            shards[key] = etag.substring(0, colon + 1).getBytes(ISO_8859_1);
            counters[key] = Long.parseLong(etag.substring(colon + 1));
            var head = command("SETIFMATCH", "e" + key, "value", "");
            heads[key] = head.substring(0, head.length() - "0\r\n\r\n".length()).getBytes(ISO_8859_1);
        }
        var pipeline = client.buffer(PIPELINE * 256);
        return i -> {
            pipeline.clear();
            for (int command = 0; command < PIPELINE; command++) {
                int key = i % BUFFERS * PIPELINE + command;
                long counter = counters[key]++;
                pipeline.writeBytes(heads[key]);
                writeDecimal(pipeline, shards[key].length + digits(counter));
                pipeline.writeByte('\r').writeByte('\n').writeBytes(shards[key]);
                writeDecimal(pipeline, counter);
                pipeline.writeByte('\r').writeByte('\n');
            }
            return pipeline;
        };
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void writeDecimal(ByteBuf target, long number) {
        long unit = 1;
        for (int i = digits(number); i > 1; i--) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            target.writeByte((int) ('0' + number / unit % 10));
        }
    }

    private static void send(Client client, Source source, int commands) {
        for (int i = 0; i < commands / PIPELINE; i++) {
            client.send(source.next(i));
        }
    }

    /** The least of some rounds: the compiler may end its work in one of them, what a command allocates is in all. */
    private static double bytesPerCommand(Client client, Source source) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least >= MOST_BYTES; round++) {
            send(client, source, WARM_UP);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            send(client, source, COMMANDS);
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) COMMANDS);
        }
        return least;
    }

    /** On a thread as the I/O threads are, since Netty keeps its buffers for reuse on such threads only. */
    @Test
    void noCommandOfTheHotPathAllocates() throws InterruptedException {
        var failure = new AtomicReference<@Nullable Throwable>();
        var thread = new FastThreadLocalThread(() -> {
            try {
                measureAll();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        var level = ResourceLeakDetector.getLevel();
        thread.start();
        thread.join();
        ResourceLeakDetector.setLevel(level);
        assertThat(failure.get()).isNull();
    }

    private void measureAll() throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // as the launcher does
        try (var client = new Client()) {
            IntStream.range(0, BUFFERS * PIPELINE).forEach(key -> {
                client.ask("SET", "k" + key, "x".repeat(64));
                client.ask("HSET", "h" + key, "f", "v", "g", "w");
            });
            var sources = sources(client);
            sources.values().forEach(source -> send(client, source, WARM_UP));
            var worst = new ArrayList<String>();
            sources.forEach((name, source) -> {
                double bytes = bytesPerCommand(client, source);
                var line = String.format(Locale.ROOT, "allocated: %-10s %8.3f bytes/command", name, bytes);
                System.out.println(line);
                if (bytes >= MOST_BYTES) {
                    worst.add(line);
                }
            });
            assertThat(client.replies.errors).isZero();
            assertThat(client.engine.memory().usedBytes(MemoryBudget.Purpose.CACHE))
                    .as("bytes of who has read what")
                    .isGreaterThan(1 << 19);
            assertThat(client.replies.text())
                    .as("a refusal shows the value")
                    .startsWith("*2\r\n")
                    .doesNotContain("value");
            assertThat(worst).as("allocates").isEmpty();
        }
    }

    private static Map<String, Source> sources(Client client) {
        var value = "x".repeat(64);
        var sources = new LinkedHashMap<String, Source>();
        sources.put("GET", repeated(client, key -> command("GET", "k" + key)));
        sources.put("SET", repeated(client, key -> command("SET", "k" + key, value)));
        sources.put("MGET", repeated(client, key -> command("MGET", "k" + key, "k1", "absent" + key)));
        sources.put("MSET", repeated(client, key -> command("MSET", "k" + key, value, "m" + key, "y")));
        sources.put(
                "SET, DEL",
                repeated(
                        client,
                        key -> key % 2 == 0 ? command("SET", "d" + key, value) : command("DEL", "d" + (key - 1))));
        sources.put("INCR", repeated(client, key -> command("INCR", "n" + key)));
        sources.put("EXPIRE", repeated(client, key -> command("EXPIRE", "k" + key, "1000")));
        sources.put("HGET", repeated(client, key -> command("HGET", "h" + key, "f")));
        sources.put("HSET", repeated(client, key -> command("HSET", "h" + key, "f", "v")));
        sources.put("SETIFMATCH", matching(client));
        return sources;
    }
}
