package sherd.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sherd.bench.frame.BenchException;

/**
 * One thread that offers loads to servers, several at once if asked to. It sleeps in epoll with a timer of nanoseconds,
 * since on a machine of few cores one that spins would take from the server what it measures.
 *
 * <p>Latency counts from when a command was due, not from when it was sent: what waits because the server or the
 * generator was late has waited, and is not left out (coordinated omission).
 */
public final class LoadGenerator implements AutoCloseable {
    private static final long STOP_MILLIS = 5_000;
    private static final double MOST_SECONDS = 3_600;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), EpollIoHandler.newFactory());

    /** As fast as the server answers: each connection has one batch on its way. */
    public CompletableFuture<Measured> closed(Load load, double warmUpSeconds, double seconds) {
        return run(load, warmUpSeconds, seconds, LoadStream::startClosed);
    }

    /** The same for so many commands, rounded up to whole batches. */
    public CompletableFuture<Measured> counted(Load load, long commands) {
        long batches = Math.max(1, Math.ceilDiv(commands, load.pipeline()));
        return run(load, 0, MOST_SECONDS, stream -> stream.startCounted(batches));
    }

    /** At a fixed rate, however fast the server answers. */
    public CompletableFuture<Measured> open(Load load, double commandsPerSecond, double warmUpSeconds, double seconds) {
        return run(load, warmUpSeconds, seconds, stream -> stream.startOpen(commandsPerSecond));
    }

    private CompletableFuture<Measured> run(
            Load load, double warmUpSeconds, double seconds, Consumer<LoadStream> start) {
        var loop = group.next();
        var stream = new LoadStream(loop, load);
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(stream.connection());
                    }
                });
        for (int i = 0; i < load.connections(); i++) {
            var opened = bootstrap
                    .connect(load.server().host(), load.server().port())
                    .awaitUninterruptibly();
            if (!opened.isSuccess()) {
                throw new BenchException("cannot connect to " + load.server() + ": " + opened.cause(), opened.cause());
            }
            loop.execute(() -> stream.opened(opened.channel()));
        }
        loop.execute(() -> {
            stream.begin(Math.round(warmUpSeconds * 1e9), Math.round(seconds * 1e9));
            start.accept(stream);
        });
        return stream.end();
    }

    /** Waits for the end of a load. */
    public static Measured ended(CompletableFuture<Measured> load) {
        try {
            return load.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BenchException known
                    ? known
                    : new BenchException("the load broke off: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
