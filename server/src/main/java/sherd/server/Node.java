package sherd.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.ObjectStorage;
import sherd.engine.TransferPolicy;
import sherd.engine.disk.Disk;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.log.SyncPolicy;
import sherd.engine.objects.PatientStore.Patience;
import sherd.engine.observe.EventLog;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.time.SystemClock;
import sherd.server.config.HostPort;
import sherd.server.config.LokiConfig;
import sherd.server.config.NodeConfig;
import sherd.server.config.ObjectsConfig;
import sherd.server.http.HttpDoor;
import sherd.server.http.HttpLimits;
import sherd.server.loki.LokiApi;
import sherd.server.loki.LokiLimits;
import sherd.server.loki.Peers;
import sherd.server.net.EventLoops;
import sherd.server.net.LoopLag;
import sherd.server.net.SchedulerTurn;
import sherd.server.objects.Objects;
import sherd.server.observe.JvmMetrics;
import sherd.server.observe.Observers;
import sherd.server.observe.Profiler;
import sherd.server.observe.Stages;
import sherd.server.resp.RespDoor;

/**
 * The composition root: one running node, put together by hand from the bottom up and taken down in reverse. Whoever
 * wants to know what there is and who knows whom reads {@link #start}.
 */
public final class Node implements AutoCloseable {
    private static final String NAME = "local";

    private final Path data;
    private final Engine engine;
    private final HostPort resp;
    private final HostPort http;
    private final Deque<AutoCloseable> parts;

    private Node(Path data, Engine engine, HostPort resp, HostPort http, Deque<AutoCloseable> parts) {
        this.data = data;
        this.engine = engine;
        this.resp = resp;
        this.http = http;
        this.parts = parts;
    }

    /**
     * Returns once every door takes connections. If any part cannot be had, those opened before it are closed again.
     *
     * @throws StoreException DATA_IN_USE, PORT_IN_USE, DISK_FAILED, CORRUPT_..., each with what to do
     */
    public static Node start(NodeConfig config) {
        var parts = new ArrayDeque<AutoCloseable>();
        boolean started = false;
        try {
            var node = start(config, parts);
            started = true;
            return node;
        } finally {
            if (!started) {
                closeAll(parts);
            }
        }
    }

    private static Node start(NodeConfig config, Deque<AutoCloseable> parts) {
        var listen = config.listen();
        var clock = new SystemClock();
        // The one of the generators that many threads may share.
        var random = new Random();
        var disk = folder(config.storage().data());
        var storage = Objects.open(config.objects(), System.getenv(), clock)
                .map(store -> new ObjectStorage(opened(parts, store), transferPolicy(config.objects())));
        var engine = opened(
                parts,
                Engine.open(
                        engineConfig(config),
                        disk,
                        storage,
                        clock,
                        random,
                        new EventLog(),
                        new NamedThreads("sherd-engine")));
        var _ = SchedulerTurn.compilersGiveWay();
        var loops = opened(parts, EventLoops.start(listen.transport(), listen.threads()));
        var stages = new Stages();
        var profiler = opened(parts, new Profiler());
        var resp = opened(parts, RespDoor.open(loops, listen.resp(), engine, clock, random, Version.TEXT, stages));
        var observers = new Observers(stages, profiler, List.of(resp, new LoopLag(loops), new JvmMetrics()));
        var loki = opened(
                parts,
                new LokiApi(engine, clock, LokiLimits.DEFAULT, peers(config.loki()), new NamedThreads("sherd-loki")));
        var http =
                opened(parts, HttpDoor.open(loops, listen.http(), engine, clock, HttpLimits.DEFAULT, loki, observers));
        return new Node(Path.of(disk.describe()), engine, resp.address(), http.address(), parts);
    }

    private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> parts, T part) {
        parts.push(part);
        return part;
    }

    private static Disk folder(Path data) {
        try {
            return new LocalDisk(data);
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.DISK_FAILED,
                    "cannot use the data folder: data=" + data + " reason='" + e
                            + "'; set storage.data to a folder that this user may write to",
                    e);
        }
    }

    private static EngineConfig engineConfig(NodeConfig config) {
        var archive = config.archive();
        return new EngineConfig(
                config.storage().memoryLimit().bytes(),
                SyncPolicy.valueOf(config.log().sync().name()),
                config.log().syncInterval().toMillis(),
                config.log().checkpoint().bytes(),
                config.table().shards(),
                new ArchiveSettings(
                        archive.minAge().toMillis(),
                        archive.maxReads(),
                        archive.readsWindow().toMillis(),
                        archive.retention().toMillis()),
                archive.watermark(),
                archive.mergeWidth(),
                NAME);
    }

    private static TransferPolicy transferPolicy(ObjectsConfig config) {
        return new TransferPolicy(
                config.uploadAfter().toMillis(),
                config.keepLocal().toMillis(),
                config.localLimit().bytes(),
                Patience.DEFAULT,
                true);
    }

    private static Peers peers(LokiConfig config) {
        return new Peers(
                config.cluster(), config.peers().byName(), config.peerTimeout().toMillis());
    }

    public Engine engine() {
        return engine;
    }

    /** The data folder, absolute. */
    public Path data() {
        return data;
    }

    /** Where the RESP door listens, with the real port. */
    public HostPort resp() {
        return resp;
    }

    /** Where the HTTP door listens, with the real port. */
    public HostPort http() {
        return http;
    }

    /** Where the gRPC door listens; empty while this build has none. */
    public Optional<HostPort> grpc() {
        return Optional.empty();
    }

    /** The line that tells whoever started the node that it serves. */
    public String readyLine(long millis) {
        return String.format(
                Locale.ROOT,
                "sherd ready resp=%s http=%s grpc=%s data=%s in %d ms",
                resp,
                http,
                grpc().map(HostPort::toString).orElse("off"),
                data,
                millis);
    }

    /** Doors first, so that nothing new is accepted while what was accepted is written. Harmless when repeated. */
    @Override
    public synchronized void close() {
        closeAll(parts);
    }

    private static void closeAll(Deque<AutoCloseable> parts) {
        StoreException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                var failed = new StoreException(
                        ErrorCode.INTERNAL_INVARIANT, "a part of the node did not close: " + e.getMessage(), e);
                if (failure == null) {
                    failure = failed;
                } else {
                    failure.addSuppressed(failed);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
