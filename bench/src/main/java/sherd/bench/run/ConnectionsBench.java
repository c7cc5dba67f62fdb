package sherd.bench.run;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Abuse;
import sherd.bench.side.Bystander;
import sherd.bench.side.Crowd;
import sherd.bench.side.Filler;
import sherd.bench.side.ProcFs;
import sherd.bench.side.RedisServer;
import sherd.bench.side.RedisServer.Persistence;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;
import sherd.server.cli.RespClient;

@Command(
        name = "connections",
        description =
                "Memory of a node and latency of a bystander, with many connections and clients that abuse it, beside redis-server.")
public final class ConnectionsBench implements Callable<Integer> {
    private static final Metric MEDIAN = Metric.shown("bystander p50", "us", 0);
    private static final Metric P99 = Metric.drawn("bystander p99", "us", 0);
    private static final Metric MOST = Metric.drawn("bystander max", "us", 0);
    private static final Metric RESIDENT = Metric.drawn("resident at most", "MB", 0);
    private static final Metric ACCOUNTED = Metric.shown("accounted at most", "MB", 0);

    private static final int VALUE_BYTES = 64;
    private static final long BYSTANDER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SAMPLE_MILLIS = 20;
    private static final long CALM_MILLIS = 1_000;
    private static final int OTHER_CLIENTS = 100;

    @Option(names = "--idle", description = "Connections that ask nothing (default: ${DEFAULT-VALUE}).")
    private int idle = 10_000;

    @Option(names = "--busy", description = "Connections that ask all the time (default: ${DEFAULT-VALUE}).")
    private int busy = 1_000;

    @Option(names = "--rate", description = "Requests a second of all busy ones (default: ${DEFAULT-VALUE}).")
    private int rate = 10_000;

    @Option(names = "--keys", description = "Written, and asked for by one MGET (default: ${DEFAULT-VALUE}).")
    private int keys = 1_000_000;

    @Option(names = "--value-mib", description = "Of the large value (default: ${DEFAULT-VALUE}).")
    private int valueMib = 512;

    @Option(names = "--seconds", description = "Of each figure, or longer (default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Option(names = "--rounds", description = "(default: ${DEFAULT-VALUE}).")
    private int rounds = 1;

    @Option(names = "--no-redis", description = "Only sherd.")
    private boolean noRedis;

    @Mixin
    private Output output = new Output();

    /** Something that goes on while the bystander is timed. */
    private interface Disturbance {
        void once() throws IOException;
    }

    @Override
    public Integer call() {
        var report = new Report(
                "connections",
                "Many connections, and clients that abuse the node",
                Map.of("idle", "" + idle, "busy", "" + busy, "keys", "" + keys, "value MiB", "" + valueMib));
        try (var scratch = output.scratch();
                var node = SherdNode.start(
                        scratch.folder("sherd"),
                        List.of("storage.memory-limit=" + Math.max(1024, 6L * valueMib) + "MiB", "log.sync=os"))) {
            if (noRedis) {
                measure(report, List.of(node));
            } else {
                try (var redis = RedisServer.start(scratch.folder("redis"), Persistence.OFF)) {
                    redis.allowClients(idle + busy + OTHER_CLIENTS);
                    measure(report, List.of(node, redis));
                }
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "%,d idle connections, %,d busy ones with %,d GETs a second in all, of %,d keys with values of %d bytes."
                        + " The bystander sends a SET or a GET every millisecond, timed from when it was due."
                        + " Resident memory is that of the server's process."
                        + " A large value and an MGET of all keys come from one connection more.",
                idle,
                busy,
                rate,
                keys,
                VALUE_BYTES));
        output.finish(report);
        return 0;
    }

    private void measure(Report report, List<Side> sides) {
        sides.forEach(side -> Filler.fill(side.resp(), keys, VALUE_BYTES));
        for (int round = 0; round < rounds; round++) {
            for (var side : sides) {
                measure(report, side, round);
            }
        }
    }

    private void measure(Report report, Side node, int round) {
        long millis = Math.round(seconds * TimeUnit.SECONDS.toMillis(1));
        Disturbance calm = () -> Pause.millis(Math.min(millis, CALM_MILLIS));
        observe(report, node, round, "alone", calm);
        try (var idlers = new Crowd(node.resp());
                var workers = new Crowd(node.resp())) {
            long before = ProcFs.anonymousBytes(node.pid());
            idlers.connect(idle);
            long after = ProcFs.anonymousBytes(node.pid());
            report.note(String.format(
                    Locale.ROOT,
                    "Round %d: an idle connection of %s costs %,d bytes of resident memory.",
                    round + 1,
                    node.name(),
                    idle == 0 ? 0 : (after - before) / idle));
            observe(report, node, round, "idle", calm);
            workers.connect(busy);
            workers.start(keys, rate);
            observe(report, node, round, "idle and busy", calm);
            observe(report, node, round, "and one never reads", () -> Abuse.neverRead(node.resp(), millis));
            observe(report, node, round, "and a large value", () -> Abuse.largeValue(node.resp(), valueMib << 20));
            observe(
                    report,
                    node,
                    round,
                    "and an MGET of all keys",
                    () -> Abuse.manyKeys(node.resp(), keys, VALUE_BYTES, Math.min(millis, CALM_MILLIS)));
        }
    }

    private void observe(Report report, Side node, int round, String work, Disturbance disturbance) {
        output.progress(work);
        var bystander = Bystander.start(node.resp(), BYSTANDER_NANOS);
        try (bystander;
                var memory = new Peak(node)) {
            long until = System.nanoTime() + Math.round(seconds * TimeUnit.SECONDS.toNanos(1));
            do {
                disturbance.once();
            } while (System.nanoTime() < until);
            var seen = bystander.end();
            report.add(work, node.name(), round, MEDIAN, seen.medianMicros());
            report.add(work, node.name(), round, P99, seen.p99Micros());
            report.add(work, node.name(), round, MOST, seen.maxMicros());
            report.add(work, node.name(), round, RESIDENT, memory.resident / 1e6);
            report.add(work, node.name(), round, ACCOUNTED, memory.accounted / 1e6);
        } catch (IOException e) {
            throw new BenchException(work + ": " + e, e);
        }
    }

    /** The most memory that the node had at any time looked at. */
    private static final class Peak implements AutoCloseable {
        private final Side node;
        private final Thread thread;
        private volatile boolean done;
        private volatile long resident;
        private volatile long accounted;

        private Peak(Side node) {
            this.node = node;
            thread = Thread.ofPlatform().name("peak").start(this::run);
        }

        private void run() {
            try (var client = new RespClient(node.resp())) {
                while (!done) {
                    resident = Math.max(resident, ProcFs.residentBytes(node.pid()));
                    accounted = Math.max(accounted, used(client));
                    Pause.millis(SAMPLE_MILLIS);
                }
            } catch (IOException e) {
                throw new BenchException("INFO failed: " + e, e);
            }
        }

        private static long used(RespClient client) throws IOException {
            if (client.call(List.of("INFO", "memory")) instanceof RespClient.Reply.Text(var text)) {
                var line = text.lines()
                        .filter(each -> each.startsWith("used_memory:"))
                        .findFirst();
                return Long.parseLong(line.orElseThrow().split(":", -1)[1]);
            }
            throw new IOException("INFO has no text");
        }

        @Override
        public void close() {
            done = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted", e);
            }
        }
    }
}
