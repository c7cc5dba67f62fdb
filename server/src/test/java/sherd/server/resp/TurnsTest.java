package sherd.server.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;
import sherd.server.net.GatheredFlushes;
import sherd.server.net.LocalPair;

/** How much a connection does before its loop looks at the others: counted in rounds of a loop run by hand. */
final class TurnsTest {
    private static final int VALUE_BYTES = 32 << 20;
    private static final int TURN_BYTES = 256 << 10;
    private static final int READ_BYTES = 64 << 10;
    private static final int KEYS = 50_000;
    private static final int TURN_KEYS = 512;

    @TempDir
    private Path folder;

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
    private Engine engine;
    private RespDoor door;
    private Client large;
    private Client other;

    /** Takes the replies of a connection as they are written. */
    private static final class Replies extends ChannelOutboundHandlerAdapter {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean waiting;
        Runnable beforeWrite = () -> {};

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws IOException {
            beforeWrite.run();
            waiting = true;
            var buffer = (ByteBuf) message;
            buffer.readBytes(bytes, buffer.readableBytes());
            buffer.release();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            waiting = false;
        }
    }

    private record Client(Channel channel, Replies replies) {
        /** In reads as large as those of a socket. */
        void send(byte[] bytes) {
            for (int at = 0; at < bytes.length; at += READ_BYTES) {
                int length = Math.min(READ_BYTES, bytes.length - at);
                channel.pipeline()
                        .fireChannelRead(PooledByteBufAllocator.DEFAULT
                                .directBuffer(length)
                                .writeBytes(bytes, at, length));
            }
            channel.pipeline().fireChannelReadComplete();
        }

        int replied() {
            return replies.bytes.size();
        }

        String take() {
            var taken = replies.bytes.toString(ISO_8859_1);
            replies.bytes.reset();
            return taken;
        }
    }

    @BeforeEach
    void open() throws IOException {
        engine = Engine.open(
                EngineConfig.DEFAULT.withSync(SyncPolicy.OS),
                new LocalDisk(folder),
                new SystemClock(),
                new Random(1),
                Events.SILENT,
                Thread.ofPlatform().daemon().factory());
        door = RespDoor.inProcess(engine, new SystemClock(), new SplittableRandom(1), "test");
        large = connect();
        other = connect();
    }

    private Client connect() {
        var replies = new Replies();
        var channel = LocalPair.connect(loop, child -> {
            child.config().setAllocator(PooledByteBufAllocator.DEFAULT);
            child.pipeline().addLast(replies);
            door.accept(child);
        });
        return new Client(channel, replies);
    }

    @AfterEach
    void close() throws IOException {
        GatheredFlushes.ofThisThread().end();
        door.close();
        LocalPair.runAll(loop);
        engine.close();
        assertThat(engine.memory().usedBytes()).isZero();
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }

    /** Rounds until the client has a reply of so many bytes; in each, the other client is answered. */
    private int rounds(int replyBytes) {
        int rounds = 0;
        for (; large.replied() < replyBytes; rounds++) {
            assertThat(rounds).isLessThan(1 << 20);
            int before = large.replied();
            loop.runNow();
            assertThat(large.replied() - before).isLessThanOrEqualTo(2 * TURN_BYTES);
            other.send("PING\r\n".getBytes(ISO_8859_1));
            assertThat(other.take()).isEqualTo("+PONG\r\n");
        }
        return rounds;
    }

    private static String value() {
        var bytes = new byte[VALUE_BYTES];
        new Random(5).nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    @Test
    void repliesOfAFewConnectionsAreSentTogetherButNotAfterACommandThatMayTakeLong() {
        GatheredFlushes.ofThisThread().begin();
        var third = connect();
        other.send(Wire.encode(List.of("GET", "key")));
        assertThat(other.take()).isEqualTo("$-1\r\n");
        assertThat(other.replies.waiting).isTrue();
        third.send(Wire.encode(List.of("GET", "key")));
        assertThat(other.replies.waiting).isTrue();
        large.replies.beforeWrite = () -> assertThat(other.replies.waiting).isFalse();
        large.send(Wire.encode(List.of("EVAL", "return 1", "0")));
        assertThat(large.take()).isEqualTo(":1\r\n");
        assertThat(third.replies.waiting).isFalse();
        assertThat(large.replies.waiting).isTrue();
        GatheredFlushes.ofThisThread().end();
        assertThat(large.replies.waiting).isFalse();
    }

    @Test
    void aLargeValueIsStoredInManyTurns() {
        large.send(Wire.encode(List.of("SET", "large", value())));
        assertThat(large.replied()).isZero();
        assertThat(rounds("+OK\r\n".length())).isGreaterThanOrEqualTo(VALUE_BYTES / TURN_BYTES);
        assertThat(large.take()).isEqualTo("+OK\r\n");
    }

    @Test
    void aLargeValueIsSentInManyTurns() {
        var value = value();
        large.send(Wire.encode(List.of("SET", "large", value)));
        rounds(1);
        large.take();
        var reply = "$" + VALUE_BYTES + "\r\n" + value + "\r\n";
        large.send(Wire.encode(List.of("GET", "large")));
        assertThat(rounds(reply.length())).isGreaterThanOrEqualTo(VALUE_BYTES / TURN_BYTES);
        assertThat(large.take()).isEqualTo(reply);
    }

    @Test
    void manyKeysAreAnsweredInManyTurns() {
        var words = new ArrayList<>(List.of("MGET"));
        for (int i = 0; i < KEYS; i++) {
            words.add("key:" + i);
        }
        var reply = "*" + KEYS + "\r\n" + "$-1\r\n".repeat(KEYS);
        large.send(Wire.encode(words));
        assertThat(rounds(reply.length())).isGreaterThanOrEqualTo(KEYS / TURN_KEYS - 1);
        assertThat(large.take()).isEqualTo(reply);
    }

    @Test
    void aLongPipelineIsExecutedInManyTurns() {
        int commands = 10_000;
        large.send("PING\r\n".repeat(commands).getBytes(ISO_8859_1));
        assertThat(rounds("+PONG\r\n".length() * commands)).isGreaterThan(commands / 256);
        assertThat(large.take()).isEqualTo("+PONG\r\n".repeat(commands));
    }
}
