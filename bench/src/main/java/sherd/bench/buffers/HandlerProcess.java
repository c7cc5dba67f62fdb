package sherd.bench.buffers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;
import sherd.server.config.HostPort;
import sherd.server.net.EventLoops;
import sherd.server.resp.RespDoor;

/**
 * A store behind one of two handlers of RESP, on one loop, until the process is ended. A second port takes one line of
 * orders a connection and answers with {@link Figures}.
 */
public final class HandlerProcess {
    /** What the process says once it serves. */
    public static final String READY = "handler ready resp=";

    /** Checkpoints use the heap, on other threads and for both variants alike: they are to be rare here. */
    private static final long CHECKPOINT_BYTES = 1L << 30;

    private static final String CONTROL = " control=";
    private static final String HOST = "127.0.0.1";

    private HandlerProcess() {}

    /** Which handler. */
    public enum Variant {
        REUSED,
        ALLOCATING;

        /** As tables have it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a process listens, read from the line it has said. */
    public record Addresses(HostPort resp, int control) {
        public static Addresses parse(String ready) {
            int at = ready.indexOf(CONTROL);
            var resp = ready.substring(READY.length(), at);
            int colon = resp.lastIndexOf(':');
            return new Addresses(
                    new HostPort(resp.substring(0, colon), Integer.parseInt(resp.substring(colon + 1))),
                    Integer.parseInt(ready.substring(at + CONTROL.length())));
        }
    }

    /** Variant, data folder. */
    public static void main(String[] args) throws IOException {
        var variant = Variant.valueOf(args[0]);
        var clock = new SystemClock();
        try (var engine = Engine.open(
                        EngineConfig.DEFAULT.withSync(SyncPolicy.OS).withCheckpointBytes(CHECKPOINT_BYTES),
                        new LocalDisk(Path.of(args[1])),
                        clock,
                        new SplittableRandom(1),
                        Events.SILENT,
                        Thread.ofPlatform().daemon().factory());
                var control = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var loops = EventLoops.start(1)) {
            var resp = open(variant, engine, loops);
            System.out.println(READY + resp + CONTROL + control.getLocalPort());
            while (true) {
                answer(variant, engine, control);
            }
        }
    }

    private static HostPort open(Variant variant, Engine engine, EventLoops loops) {
        var any = new HostPort(HOST, 0);
        if (variant == Variant.REUSED) {
            return RespDoor.open(loops, any, engine, new SystemClock(), new SplittableRandom(1), "bench")
                    .address();
        }
        var listener = loops.bind("bench", any, new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                var handler = new AllocatingHandler(engine);
                channel.pipeline().addLast(handler);
                channel.closeFuture().addListener(_ -> handler.close());
            }
        });
        return EventLoops.hostPort(listener.localAddress());
    }

    private static void answer(Variant variant, Engine engine, ServerSocket control) throws IOException {
        try (var socket = control.accept();
                var orders = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            var order = orders.readLine();
            if (order == null) {
                return;
            }
            var words = order.split(" ", -1);
            var figures = words[0].equals("figures") ? Figures.now(0) : onLoopThread(() -> run(variant, engine, words));
            socket.getOutputStream().write((figures.line() + "\n").getBytes(US_ASCII));
        }
    }

    /** Netty keeps buffers for reuse on threads of its own kind only. */
    static <T> T onLoopThread(Supplier<T> work) {
        var result = new CompletableFuture<T>();
        new FastThreadLocalThread(() -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result.join();
    }

    private static Figures run(Variant variant, Engine engine, String[] words) {
        boolean write = words[1].equals("set");
        return inProcess(
                variant,
                engine,
                client -> client.run(
                        write,
                        Integer.parseInt(words[2]),
                        Long.parseLong(words[3]),
                        Integer.parseInt(words[4]),
                        Long.parseLong(words[5])));
    }

    /** A client of a handler, without a network, on the calling thread. */
    static <T> T inProcess(Variant variant, Engine engine, Function<ClosedLoop, T> work) {
        return switch (variant) {
            case REUSED -> {
                var random = new SplittableRandom(1);
                try (var door = RespDoor.inProcess(engine, new SystemClock(), random, "bench");
                        var client = new ClosedLoop(engine.log(), door::accept)) {
                    yield work.apply(client);
                }
            }
            case ALLOCATING -> {
                try (var handler = new AllocatingHandler(engine);
                        var client = new ClosedLoop(
                                engine.log(), channel -> channel.pipeline().addLast(handler))) {
                    yield work.apply(client);
                }
            }
        };
    }
}
