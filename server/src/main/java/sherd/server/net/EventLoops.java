package sherd.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.server.config.HostPort;
import sherd.server.config.Transport;

/**
 * The I/O threads of a node, shared by its doors: one loop a core. They execute commands themselves, so nothing on
 * them may wait.
 */
public final class EventLoops implements AutoCloseable {
    /** Past the upper mark of bytes not yet taken by the peer, a door stops working for that peer. */
    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private static final int BACKLOG = 1024;
    private static final long QUIET_MILLIS = 0;
    private static final long STOP_MILLIS = 5_000;

    private final EventLoopGroup group;
    private final SocketType sockets;
    private final int threads;

    private EventLoops(EventLoopGroup group, SocketType sockets, int threads) {
        this.group = group;
        this.sockets = sockets;
        this.threads = threads;
    }

    /** Starts {@code threads} loops, or one a core if 0. */
    public static EventLoops start(int threads) {
        return start(Transport.AUTO, threads);
    }

    /**
     * The same, on a transport.
     *
     * @throws StoreException INVALID_CONFIG if the system does not have it
     */
    public static EventLoops start(Transport wanted, int threads) {
        var sockets = SocketType.of(wanted);
        int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        var group =
                new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("sherd-io", true), sockets.handlers());
        return new EventLoops(group, sockets, count);
    }

    /** Whether the kernel may have read more of a connection than its loop was told of. */
    public static boolean readsAhead(Channel channel) {
        return SocketType.readsAhead(channel);
    }

    /** Whether a region of a file can be written to it, which the system sends from its cache. */
    public static boolean takesRegions(Channel channel) {
        return SocketType.takesRegions(channel);
    }

    public int threads() {
        return threads;
    }

    public List<EventLoop> all() {
        var loops = new ArrayList<EventLoop>();
        group.forEach(executor -> loops.add((EventLoop) executor));
        return loops;
    }

    public EventLoopGroup group() {
        return group;
    }

    /**
     * Listens; returns once connections are taken.
     *
     * @throws StoreException PORT_IN_USE or INVALID_CONFIG, naming the address
     */
    public Channel bind(String door, HostPort address, ChannelHandler connections) {
        return bind(door, address, connections, group);
    }

    /**
     * The same; each new connection begins on the loop that {@code place} gives, one of these. It is asked on the
     * listener's loop.
     */
    public Channel bind(String door, HostPort address, ChannelHandler connections, Supplier<EventLoop> place) {
        return bind(door, address, connections, new PlacedLoops(group, place));
    }

    private Channel bind(String door, HostPort address, ChannelHandler connections, EventLoopGroup connectionLoops) {
        var bootstrap = new ServerBootstrap()
                .group(group, connectionLoops)
                .channel(sockets.listener())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true) // the only end of a peer that vanished without a word
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childHandler(connections);
        sockets.prepare(bootstrap);
        var bound = bootstrap.bind(resolve(door, address)).awaitUninterruptibly();
        var cause = bound.cause();
        if (cause != null) {
            throw refused(door, address, cause);
        }
        return bound.channel();
    }

    /** What a channel is bound or connected to. */
    public static HostPort hostPort(SocketAddress address) {
        var inet = (InetSocketAddress) address;
        return new HostPort(inet.getAddress().getHostAddress(), inet.getPort());
    }

    /** The same as text; {@code ?:0} if it is no address of the internet. */
    public static String text(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress ? hostPort(address).toString() : "?:0";
    }

    /** What stands before the port of such a text. */
    public static String host(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    /**
     * Runs a task on a loop that has read once more by then. One that is given to {@code execute} by a task runs before
     * anything else is read, and so do those that it gives in turn, for up to a second.
     *
     * @return cancelled if the loop ends first, which runs only what it was given by {@code execute}
     */
    public static Future<?> afterReading(EventLoop loop, Runnable task) {
        return loop.schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    private static InetSocketAddress resolve(String door, HostPort address) {
        var resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "cannot resolve the host to listen on: door=" + door + " address=" + address + "; change listen."
                            + door);
        }
        return resolved;
    }

    private static StoreException refused(String door, HostPort address, Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        if (message.contains("already in use")) {
            return new StoreException(
                    ErrorCode.PORT_IN_USE,
                    "the port is taken by another process: door=" + door + " address=" + address
                            + "; stop it, or set listen." + door + " to another port (0: any free one)",
                    cause);
        }
        if (cause instanceof UnresolvedAddressException || message.contains("Cannot assign requested address")) {
            return new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "not an address of this machine: door=" + door + " address=" + address + "; change listen." + door,
                    cause);
        }
        return new StoreException(
                ErrorCode.INVALID_CONFIG,
                "cannot listen: door=" + door + " address=" + address + " reason='" + message + "'; change listen."
                        + door,
                cause);
    }

    /** Stops the loops; connections still open are cut. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
