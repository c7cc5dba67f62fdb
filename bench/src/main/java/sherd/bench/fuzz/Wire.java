package sherd.bench.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A door's connections without a network, all on the calling thread: what is sent has been dealt with on return. */
@SuppressWarnings("deprecation") // a loop run by hand has no other way to take a channel
final class Wire implements AutoCloseable {
    private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
    private final Channel listener;

    Wire(Consumer<Channel> door) {
        listener = new LocalServerChannel();
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                var channel = (Channel) message;
                channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
                channel.pipeline().addLast(new Copies());
                channel.pipeline().addLast(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        door.accept(accepted);
                    }
                });
                var _ = loop.register(channel);
            }
        });
        var _ = loop.register(listener);
        var _ = listener.bind(LocalAddress.ANY);
        settle();
    }

    /** A client that has just connected. */
    Client connect() {
        var client = new Client();
        var _ = loop.register(client.channel);
        var _ = client.channel.connect(listener.localAddress());
        settle();
        return client;
    }

    /** Runs what is to be run now; work of other threads may follow. */
    void settle() {
        while (loop.runNow() > 0) {
            // until nothing is left
        }
    }

    @Override
    public void close() {
        var _ = listener.close();
        settle();
        var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }

    /** What is written has left its memory when the write is done, as with a socket: here it would only change hands. */
    private static final class Copies extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf buffer) {
                var copy = buffer.copy();
                buffer.release();
                var _ = ctx.write(copy, promise);
            } else {
                var _ = ctx.write(message, promise);
            }
        }
    }

    /** The other end of a connection. */
    final class Client implements AutoCloseable {
        private final LocalChannel channel = new LocalChannel();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();

        Client() {
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    var buffer = (ByteBuf) message;
                    var bytes = new byte[buffer.readableBytes()];
                    buffer.readBytes(bytes);
                    received.writeBytes(bytes);
                    buffer.release();
                }
            });
        }

        void send(byte[] bytes, int from, int to) {
            var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, to - from));
            buffer.writeBytes(bytes, from, to - from);
            var _ = channel.writeAndFlush(buffer);
            settle();
        }

        /** Sends all at once or cut in two, wherever the input has it; so that an input always comes the same way. */
        void sendCut(byte[] bytes, byte[] input) {
            int cut = bytes.length == 0 ? 0 : Math.floorMod(Arrays.hashCode(input), bytes.length);
            if ((cut & 1) == 0) {
                send(bytes, 0, bytes.length);
            } else {
                send(bytes, 0, cut);
                send(bytes, cut, bytes.length);
            }
        }

        /** Waits until something has come. */
        void await() {
            long start = System.nanoTime();
            while (received.size() == 0) {
                settle();
                Judge.holds(System.nanoTime() - start < MOST_WAIT_NANOS, "no answer");
            }
        }

        byte[] received() {
            return received.toByteArray();
        }

        /** Waits until the door's side of the connection has ended too. */
        @Override
        public void close() {
            var _ = channel.close();
            long start = System.nanoTime();
            do {
                settle();
                Judge.holds(System.nanoTime() - start < MOST_WAIT_NANOS, "the connection does not end");
            } while (!channel.closeFuture().isDone());
        }
    }
}
