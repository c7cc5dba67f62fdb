package sherd.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Says when a connection's bytes are about to be read: Netty asks for a buffer then, and says nothing else. Where the
 * kernel has read them before, it says when they come. {@link LoopWork} counts the reads.
 */
@SuppressWarnings("deprecation") // of Netty's own interfaces only the deprecated one is what its transports ask for
public final class TimedReads implements RecvByteBufAllocator {
    private final RecvByteBufAllocator buffers;
    private final Runnable reading;

    private TimedReads(RecvByteBufAllocator buffers, Runnable reading) {
        this.buffers = buffers;
        this.reading = reading;
    }

    /** From now on {@code reading} runs before each read of the channel, on its loop. */
    public static void tell(Channel channel, Runnable reading) {
        if (SocketType.readsAhead(channel)) {
            channel.pipeline().addFirst(new Arrivals(reading));
            return;
        }
        var config = channel.config();
        config.setRecvByteBufAllocator(new TimedReads(config.getRecvByteBufAllocator(), reading));
    }

    @Override
    public Handle newHandle() {
        return new Timed((ExtendedHandle) buffers.newHandle(), reading);
    }

    private static final class Timed extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle handle;
        private final Runnable reading;
        private int window;

        Timed(ExtendedHandle handle, Runnable reading) {
            super(handle);
            this.handle = handle;
            this.reading = reading;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            window = LoopWork.ofThisThread().read(window);
            reading.run();
            return handle.allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return handle.continueReading(maybeMoreData);
        }
    }

    private static final class Arrivals extends ChannelInboundHandlerAdapter {
        private final Runnable reading;
        private int window;

        Arrivals(Runnable reading) {
            this.reading = reading;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            window = LoopWork.ofThisThread().read(window);
            reading.run();
            ctx.fireChannelRead(message);
        }
    }
}
