package sherd.server.resp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.error.StoreException;
import sherd.engine.time.Clock;
import sherd.server.config.HostPort;
import sherd.server.net.EventLoops;
import sherd.server.net.LoopLoad;
import sherd.server.net.OpenFiles;
import sherd.server.net.TimedReads;
import sherd.server.observe.MetricSource;
import sherd.server.observe.MetricsText;
import sherd.server.observe.Stages;
import sherd.server.script.ScriptCache;

/** The RESP door: open from {@link #open} to {@link #close}. */
public final class RespDoor implements MetricSource, AutoCloseable {
    private static final int MOST_CLIENTS = 100_000;

    private final Engine engine;
    private final Clock clock;
    private final RandomGenerator random;
    private final String version;
    private final CommandTable table = CommandTable.standard();
    private final RespStats stats = new RespStats();
    private final RespSettings settings;
    private final ScriptCache scripts = new ScriptCache();
    private final Stages stages;
    private final Map<EventLoop, RespLoop> loops = new ConcurrentHashMap<>();
    private final Map<Long, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final int maxClients = Math.min(MOST_CLIENTS, OpenFiles.forResp());
    private final long startedAt;
    private @Nullable Channel listener;
    private @Nullable Spread spread;

    private RespDoor(Engine engine, Clock clock, RandomGenerator random, String version, Stages stages) {
        this.engine = engine;
        this.clock = clock;
        this.random = random;
        this.version = version;
        this.stages = stages;
        this.settings = new RespSettings(engine, maxClients);
        this.startedAt = clock.epochMillis();
    }

    /**
     * Listens and serves.
     *
     * @param version of this program, for INFO
     * @param stages told where the time of sampled batches goes
     * @throws StoreException PORT_IN_USE when another process listens there
     */
    public static RespDoor open(
            EventLoops loops,
            HostPort address,
            Engine engine,
            Clock clock,
            RandomGenerator random,
            String version,
            Stages stages) {
        var door = new RespDoor(engine, clock, random, version, stages);
        try {
            door.listen(loops, address);
        } catch (StoreException e) {
            door.close();
            throw e;
        }
        return door;
    }

    private void listen(EventLoops loops, HostPort address) {
        var connections = new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                accept(channel);
            }
        };
        if (loops.threads() == 1) {
            listener = loops.bind("resp", address, connections);
            return;
        }
        spread = new Spread(this, new LoopLoad(loops.all()));
        listener = loops.bind("resp", address, connections, spread::place);
        spread.start();
    }

    /** The same, with nobody to ask for stages. */
    public static RespDoor open(
            EventLoops loops, HostPort address, Engine engine, Clock clock, RandomGenerator random, String version) {
        return open(loops, address, engine, clock, random, version, new Stages());
    }

    /** A door that does not listen: whoever made it brings the connections to {@link #accept}. */
    public static RespDoor inProcess(Engine engine, Clock clock, RandomGenerator random, String version) {
        return new RespDoor(engine, clock, random, version, new Stages());
    }

    /** Where it listens, with the real port. */
    public HostPort address() {
        if (listener == null) {
            throw new IllegalStateException("not listening");
        }
        return EventLoops.hostPort(listener.localAddress());
    }

    /** Where it listens, 0 if it does not. */
    int port() {
        return listener == null ? 0 : address().port();
    }

    /** Stops listening, ends all connections and frees what the I/O threads held; before the loops and the engine. */
    @Override
    public void close() {
        if (listener != null) {
            listener.close().syncUninterruptibly();
        }
        if (spread != null) {
            spread.close();
        }
        for (var connection : connections.values()) {
            connection.kill();
        }
        // A connection that ends tells its handler one step later, so the loops have one more step before theirs go.
        onEachLoop(_ -> {});
        onEachLoop(RespLoop::close);
        loops.clear();
    }

    private void onEachLoop(Consumer<RespLoop> task) {
        loops.forEach((eventLoop, loop) -> {
            if (eventLoop.inEventLoop()) {
                task.accept(loop);
            } else if (!eventLoop.isShuttingDown()) {
                eventLoop.submit(() -> task.accept(loop)).syncUninterruptibly();
            }
        });
    }

    @Override
    public void writeTo(MetricsText text) {
        RespMetrics.write(this, loops.values().stream().map(RespLoop::figures).toList(), text);
    }

    /** Serves a connection; on its event loop. */
    public void accept(Channel channel) {
        if (connections.size() >= maxClients) {
            stats.refused.increment();
            channel.pipeline().addLast(new RefusedConnection("ERR max number of clients reached"));
            return;
        }
        // Replies that wait to be sent when the client says that it sends no more would be lost.
        var _ = channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        var info = new ClientInfo(
                lastId.incrementAndGet(),
                EventLoops.text(channel.remoteAddress()),
                EventLoops.text(channel.localAddress()),
                clock.epochMillis());
        var connection = new Connection(this, info);
        TimedReads.tell(channel, connection::reading);
        channel.pipeline().addLast(connection);
    }

    /** Null if there is but one loop. */
    @Nullable
    Spread spread() {
        return spread;
    }

    RespLoop loop(EventLoop eventLoop) {
        return loops.computeIfAbsent(eventLoop, _ -> new RespLoop(this, random));
    }

    void connected(Connection connection) {
        stats.connections.increment();
        connections.put(connection.info().id(), connection);
    }

    void disconnected(Connection connection) {
        connections.remove(connection.info().id());
    }

    Collection<Connection> connections() {
        return connections.values();
    }

    @Nullable
    Connection connection(long id) {
        return connections.get(id);
    }

    Engine engine() {
        return engine;
    }

    Clock clock() {
        return clock;
    }

    String version() {
        return version;
    }

    Stages stages() {
        return stages;
    }

    CommandTable table() {
        return table;
    }

    int maxClients() {
        return maxClients;
    }

    RespStats stats() {
        return stats;
    }

    RespSettings settings() {
        return settings;
    }

    ScriptCache scripts() {
        return scripts;
    }

    long startedAt() {
        return startedAt;
    }
}
