package sherd.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.Clock;
import sherd.server.config.HostPort;
import sherd.server.loki.LokiApi;
import sherd.server.net.EventLoops;
import sherd.server.net.OpenFiles;
import sherd.server.net.TimedReads;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Observers;
import sherd.server.observe.Stages;

/** Accepts HTTP connections and leads their requests to calls. */
public final class HttpDoor implements AutoCloseable {
    private static final String API = "/api/v1";
    private static final String TABLE = API + "/tables/{db}/{table}";

    private final Engine engine;
    private final Clock clock;
    private final HttpLimits limits;
    private final MemoryBudget budget;
    private final Stages stages;
    private final Counters counters = new Counters();
    private final Routes routes;
    private final int mostConnections;
    private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
    private final Map<Channel, Boolean> connections = new ConcurrentHashMap<>();
    private @Nullable Channel listener;

    private HttpDoor(Engine engine, Clock clock, HttpLimits limits, LokiApi loki, Observers observers) {
        this.engine = engine;
        this.clock = clock;
        this.limits = limits;
        this.mostConnections = Math.min(limits.connections(), OpenFiles.forHttp());
        this.budget = engine.memory();
        this.stages = observers.stages();
        this.routes = routes(counters, loki, observers);
    }

    /**
     * Listens, or throws PORT_IN_USE.
     *
     * @param observers of the rest of the node, for those who ask how it does
     */
    public static HttpDoor open(
            EventLoops loops,
            HostPort address,
            Engine engine,
            Clock clock,
            HttpLimits limits,
            LokiApi loki,
            Observers observers) {
        var door = new HttpDoor(engine, clock, limits, loki, observers);
        door.listener = loops.bind("http", address, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                door.accept(channel);
            }
        });
        return door;
    }

    /** A door that does not listen: whoever made it brings the connections to {@link #accept}. */
    public static HttpDoor inProcess(Engine engine, Clock clock, HttpLimits limits, LokiApi loki, Observers observers) {
        return new HttpDoor(engine, clock, limits, loki, observers);
    }

    /** Where it listens; the port is the real one when any was asked for. */
    public HostPort address() {
        if (listener == null) {
            throw new IllegalStateException("not listening");
        }
        return EventLoops.hostPort(listener.localAddress());
    }

    /** Closes the listener and every connection. */
    @Override
    public void close() {
        if (listener != null) {
            listener.close().syncUninterruptibly();
        }
        // First all, then each: connections of HTTP/2 take a while to end what they have begun.
        for (var connection : connections.keySet()) {
            var _ = connection.close();
        }
        for (var connection : connections.keySet()) {
            if (!connection.eventLoop().inEventLoop()) {
                connection.closeFuture().awaitUninterruptibly();
            }
        }
        for (var state : loops.values()) {
            if (state.loop().inEventLoop()) {
                state.close();
            } else {
                state.loop().submit(state::close).syncUninterruptibly();
            }
        }
        loops.clear();
    }

    /** Serves a connection; on its event loop. */
    public void accept(Channel channel) {
        if (connections.size() >= mostConnections) {
            channel.pipeline().addLast(new RefusedConnection(counters, mostConnections));
            return;
        }
        connections.put(channel, true);
        counters.opened();
        channel.closeFuture().addListener(_ -> {
            connections.remove(channel);
            counters.closed();
        });
        var state = loops.computeIfAbsent(channel.eventLoop(), this::newLoop);
        var sample = new BatchSample();
        sample.use(state.stages());
        TimedReads.tell(channel, sample::begin);
        var pipeline = channel.pipeline();
        pipeline.addLast(
                new PrefaceDetector(this, state, channel, sample),
                new RequestDecoder(limits, sample),
                new HttpResponseEncoder());
        pipeline.addLast(new HttpConnection(this, state, channel, sample));
    }

    private LoopState newLoop(EventLoop loop) {
        return new LoopState(loop, engine, clock, stages.newClock("http"), counters.newLoop());
    }

    static Routes routes(Counters counters, LokiApi loki, Observers observers) {
        var status = new StatusCalls(counters, observers);
        var debug = new DebugCalls(observers.stages(), observers.profiler());
        var routes = new Routes()
                .add(HttpMethod.GET, API + "/tables", TableCalls::list)
                .add(HttpMethod.PUT, TABLE, TableCalls::create)
                .add(HttpMethod.GET, TABLE, TableCalls::describe)
                .add(HttpMethod.DELETE, TABLE, TableCalls::drop)
                .add(HttpMethod.POST, TABLE + "/rows", AppendCalls::append)
                .add(HttpMethod.GET, TABLE + "/rows/{key}", RowCalls::get)
                .add(HttpMethod.PUT, TABLE + "/rows/{key}", RowCalls::put)
                .add(HttpMethod.PATCH, TABLE + "/rows/{key}", RowCalls::patch)
                .add(HttpMethod.DELETE, TABLE + "/rows/{key}", RowCalls::delete)
                .add(HttpMethod.GET, TABLE + "/search", SearchCalls::search)
                .add(HttpMethod.GET, TABLE + "/aggregate", AggregateCalls::aggregate)
                .add(HttpMethod.POST, TABLE + "/archive", SearchCalls::archive)
                .add(HttpMethod.GET, TABLE + "/segments", SegmentCalls::list)
                .add(HttpMethod.GET, TABLE + "/segments/{name}", SegmentCalls::get)
                .add(HttpMethod.POST, API + "/shard", GatewayCalls::batch)
                .add(HttpMethod.GET, API + "/status", status::status)
                .add(HttpMethod.GET, "/healthz", status::healthz)
                .add(HttpMethod.GET, "/readyz", status::readyz)
                .add(HttpMethod.GET, "/ready", status::readyz)
                .add(HttpMethod.GET, "/metrics", status::metrics)
                .add(HttpMethod.GET, "/debug/attribution", debug::attribution)
                .add(HttpMethod.GET, "/debug/profile", debug::profile)
                .add(HttpMethod.GET, "/openapi.json", status::openApi);
        new LokiCalls(loki).addTo(routes);
        return routes;
    }

    Engine engine() {
        return engine;
    }

    Clock clock() {
        return clock;
    }

    HttpLimits limits() {
        return limits;
    }

    MemoryBudget budget() {
        return budget;
    }

    Counters counters() {
        return counters;
    }

    Routes routes() {
        return routes;
    }
}
