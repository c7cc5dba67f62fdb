package sherd.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.server.config.Transport;

/** The sockets of a transport, and what their loops need. */
enum SocketType {
    EPOLL,
    /** The kernel reads ahead: a connection that is no longer to be read still brings what its socket held. */
    IO_URING,
    NIO;

    private static final short BUFFERS = 1;
    private static final short BUFFER_COUNT = 256;
    private static final int BUFFER_BATCH = 64;
    private static final int BUFFER_BYTES = 16 << 10;

    /** @throws StoreException INVALID_CONFIG if the system does not have what is wanted */
    static SocketType of(Transport wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> EPOLL.unless(Epoll.unavailabilityCause());
            case IO_URING -> IO_URING.unless(IoUring.unavailabilityCause());
            case NIO -> NIO;
        };
    }

    private SocketType unless(@Nullable Throwable cause) {
        if (cause != null) {
            var name = name().toLowerCase(Locale.ROOT);
            throw new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "this system does not allow it: listen.transport=\"" + name + "\" reason='" + cause.getMessage()
                            + "'; set it to \"auto\"",
                    cause);
        }
        return this;
    }

    IoHandlerFactory handlers() {
        return GatheringIoHandler.of(
                switch (this) {
                    case EPOLL -> EpollIoHandler.newFactory();
                    case IO_URING -> IoUringIoHandler.newFactory(ring());
                    case NIO -> NioIoHandler.newFactory();
                });
    }

    private static IoUringIoHandlerConfig ring() {
        return new IoUringIoHandlerConfig()
                .setSingleIssuer(true)
                .setBufferRingConfig(IoUringBufferRingConfig.builder()
                        .bufferGroupId(BUFFERS)
                        .bufferRingSize(BUFFER_COUNT)
                        .batchSize(BUFFER_BATCH)
                        .allocator(new IoUringFixedBufferRingAllocator(PooledByteBufAllocator.DEFAULT, BUFFER_BYTES))
                        .build());
    }

    Class<? extends ServerChannel> listener() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    void prepare(ServerBootstrap bootstrap) {
        if (this == IO_URING) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFERS);
            // A read loop of several messages forgets to go on when reading was stopped and started within it: Netty
            // 4.2.18 takes the end of the read that was stopped for the end of all.
            bootstrap.childOption(
                    ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1));
        }
    }

    /** Whether the system sends what is written of a file; no encryption is in between so far. */
    static boolean takesRegions(Channel channel) {
        return channel instanceof EpollSocketChannel || channel instanceof NioSocketChannel;
    }

    /** Whether the kernel may have read more of a connection than its loop was told of. */
    static boolean readsAhead(Channel channel) {
        return channel instanceof IoUringSocketChannel;
    }
}
