package sherd.bench.buffers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import sherd.engine.log.CommitLog;
import sherd.server.net.LocalPair;

/** One client that sends a pipeline, waits for all replies, and sends the next: without a network, on the calling thread. */
final class ClosedLoop implements AutoCloseable {
    private static final int PIPELINES = 256;
    private static final long SEED = 1;
    private static final long WAIT_NANOS = 100_000;

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
    private final CommitLog log;
    private final Replies replies = new Replies();
    private final Channel channel;

    /** @param door adds what answers to a channel that has just been opened */
    ClosedLoop(CommitLog log, Consumer<Channel> door) {
        this.log = log;
        channel = LocalPair.connect(loop, child -> {
            child.config().setAllocator(PooledByteBufAllocator.DEFAULT);
            child.pipeline().addLast(replies);
            door.accept(child);
        });
    }

    /** Takes the replies the way a socket would. */
    private static final class Replies extends ChannelOutboundHandlerAdapter {
        private final byte[] last = new byte[1 << 16];
        private long bytes;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            var buffer = (ByteBuf) message;
            int length = buffer.readableBytes();
            int room = (int) Math.min(length, last.length - Math.min(last.length, bytes));
            buffer.getBytes(buffer.readerIndex(), last, (int) Math.min(bytes, last.length), room);
            bytes += length;
            buffer.release();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {}
    }

    /** Sends bytes and returns what came back, which must be so long. */
    String ask(String requests, int replyBytes) {
        var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(requests.length());
        buffer.writeCharSequence(requests, ISO_8859_1);
        try {
            send(buffer, replyBytes);
        } finally {
            buffer.release();
        }
        return new String(replies.last, 0, replyBytes, ISO_8859_1);
    }

    private void send(ByteBuf pipeline, int replyBytes) {
        replies.bytes = 0;
        pipeline.readerIndex(0).retain();
        channel.pipeline().fireChannelRead(pipeline);
        channel.pipeline().fireChannelReadComplete();
        while (replies.bytes < replyBytes) {
            loop.runNow(); // the log has to make room first
        }
    }

    /**
     * Random keys of those that were filled; what the process has used meanwhile. Time in which the commit log had no room
     * is not counted: a client over a network would wait for it elsewhere.
     */
    Figures run(boolean write, int pipeline, long keys, int valueBytes, long millis) {
        var pipelines = new ByteBuf[PIPELINES];
        var random = new SplittableRandom(SEED);
        var value = "x".repeat(valueBytes);
        for (int i = 0; i < pipelines.length; i++) {
            pipelines[i] = PooledByteBufAllocator.DEFAULT.directBuffer();
            for (int k = 0; k < pipeline; k++) {
                var key = String.format(Locale.ROOT, "key:%012d", random.nextLong(keys));
                var request = write ? request("SET", key, value) : request("GET", key);
                pipelines[i].writeCharSequence(request, ISO_8859_1);
            }
        }
        int reply = write ? "+OK..".length() : ("$" + valueBytes + "....").length() + valueBytes;
        var before = Figures.now(0);
        long end = before.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        long sent = 0;
        long waited = 0;
        while (System.nanoTime() < end) {
            waited += awaitRoom();
            send(pipelines[(int) (sent % PIPELINES)], reply * pipeline);
            sent++;
        }
        var used = Figures.now(sent * pipeline).since(before).withoutNanos(waited);
        for (var each : pipelines) {
            each.release();
        }
        return used;
    }

    private long awaitRoom() {
        if (!log.congested()) {
            return 0;
        }
        long began = System.nanoTime();
        while (log.congested()) {
            LockSupport.parkNanos(WAIT_NANOS);
        }
        return System.nanoTime() - began;
    }

    static String request(String... words) {
        var text = new StringBuilder("*").append(words.length).append("\r\n");
        for (var word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    @Override
    public void close() {
        var _ = channel.close();
        LocalPair.runAll(loop);
    }
}
