package sherd.bench.run;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.frame.Scratch;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.LoadGenerator;
import sherd.bench.side.Filler;
import sherd.bench.side.InfinispanServer;
import sherd.bench.side.LoadTool;
import sherd.bench.side.Memcached;
import sherd.bench.side.NullNode;
import sherd.bench.side.OwnLoad;
import sherd.bench.side.RedisBenchmark;
import sherd.bench.side.RedisServer;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;

@Command(
        name = "resp",
        description = "redis-benchmark against a node and redis-server in turn: throughput, server CPU, latency.")
public final class RespBench implements Callable<Integer> {
    private static final Metric RATE = Metric.drawn("throughput", "commands/s", 0);
    private static final Metric SERVER = Metric.drawn("server CPU", "us/command", 2);
    private static final Metric CLIENT = Metric.shown("load tool CPU", "us/command", 2);
    private static final Metric P50 = Metric.shown("p50", "ms", 3);
    private static final Metric P99 = Metric.shown("p99", "ms", 3);
    private static final Metric P999 = Metric.drawn("p99.9", "ms", 3);

    private static final int VALUE_BYTES = 64;
    private static final double WARM_UP_SECONDS = 1;
    private static final int MEMCACHED_MEGABYTES = 1024;
    private static final int PROBE_TURNS = 40;

    /** Sherd's sync policies, each beside what promises about the same in Redis. */
    enum Sync {
        OS(RedisServer.Persistence.OFF),
        INTERVAL(RedisServer.Persistence.EVERY_SECOND),
        ALWAYS(RedisServer.Persistence.ALWAYS);

        private final RedisServer.Persistence redis;

        Sync(RedisServer.Persistence redis) {
            this.redis = redis;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who may take part. */
    enum Peer {
        REDIS,
        MEMCACHED,
        INFINISPAN,
        NULL
    }

    @Option(
            names = "--tests",
            split = ",",
            description = "Of redis-benchmark: set,get,incr,mset,hset (default: set,get).")
    private List<String> tests = List.of("set", "get");

    @Option(names = "--pipeline", split = ",", description = "Commands sent at once by a client (default: 1,16,64).")
    private List<Integer> pipelines = List.of(1, 16, 64);

    @Option(names = "--rounds", description = "Each runs every side once (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of one run, about (default: ${DEFAULT-VALUE}).")
    private double seconds = 3;

    @Option(names = "--requests", description = "Of one run, instead of as many as --seconds take.")
    private long requests;

    @Option(
            names = "--sync",
            description = "os beside appendonly no, interval beside everysec, always beside always (default: os).")
    private Sync sync = Sync.OS;

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(names = "--clients", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 50;

    @Option(names = "--threads", description = "Of redis-benchmark (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(
            names = "--peers",
            split = ",",
            description =
                    "Beside the node, of redis,memcached,infinispan,null (default: redis). Memcached, and keys that are not"
                            + " uniform, are measured by the harness's own load generator, and all others with them.")
    private Set<Peer> peers = EnumSet.of(Peer.REDIS);

    @Option(names = "--null", description = "Short for null among the peers: a server that does nothing, the limit.")
    private boolean withNull;

    @Option(
            names = "--distribution",
            converter = KeyChoice.Converter.class,
            description = "uniform, or zipf:EXPONENT such as zipf:0.99 (default: ${DEFAULT-VALUE}).")
    private KeyChoice choice = new KeyChoice.Uniform();

    @Option(names = "--own-load", description = "The harness's own load generator instead of redis-benchmark.")
    private boolean ownLoad;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the node; may be repeated.")
    private List<String> settings = List.of();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        if (withNull) {
            peers.add(Peer.NULL);
        }
        boolean isOwn = ownLoad || peers.contains(Peer.MEMCACHED) || !choice.equals(new KeyChoice.Uniform());
        var report = new Report(
                (sync == Sync.OS ? "resp" : "resp-" + sync.word()) + (isOwn ? "-own" : ""),
                "RESP, sync " + sync.word() + " beside Redis " + sync.redis.text(),
                parameters());
        try (var scratch = output.scratch();
                var sides = new Sides();
                var generator = new LoadGenerator()) {
            var tool = isOwn
                    ? new OwnLoad(generator, clients, keys, choice, VALUE_BYTES)
                    : new RedisBenchmark(clients, threads, keys, VALUE_BYTES);
            start(sides, scratch);
            for (var side : sides.all()) {
                output.progress("writing " + keys + " keys to " + side.name());
                Filler.fill(side.resp(), side.dialect(), keys, VALUE_BYTES);
            }
            for (var test : tests) {
                for (int pipeline : pipelines) {
                    measure(report, tool, sides.all(), test, pipeline);
                }
            }
        }
        report.note(clients + " connections, " + VALUE_BYTES + "-byte values, " + keys + " keys, " + choice + "; "
                + (isOwn ? "the harness's own load generator" : "redis-benchmark") + " with " + (isOwn ? 1 : threads)
                + " thread" + (isOwn || threads == 1 ? "" : "s") + " on the same machine.");
        output.finish(report);
        return 0;
    }

    private Map<String, String> parameters() {
        var all = new HashMap<String, String>();
        all.put("tests", String.join(",", tests));
        all.put("pipeline", pipelines.toString());
        all.put("rounds", Integer.toString(rounds));
        all.put("seconds", Double.toString(seconds));
        all.put("requests", Long.toString(requests));
        all.put("peers", peers.toString());
        all.put("distribution", choice.toString());
        all.put("sync", sync.word());
        all.put("keys", Long.toString(keys));
        all.put("clients", Integer.toString(clients));
        all.put("threads", Integer.toString(threads));
        all.put("set", String.join(" ", settings));
        return all;
    }

    private void start(Sides sides, Scratch scratch) {
        var all = new ArrayList<>(settings);
        all.add("log.sync=" + sync.word());
        sides.add(SherdNode.start(scratch.folder("sherd"), all));
        for (var peer : peers) {
            sides.add(
                    switch (peer) {
                        case REDIS -> RedisServer.start(scratch.folder("redis"), sync.redis);
                        case MEMCACHED -> Memcached.start(scratch.folder("memcached"), MEMCACHED_MEGABYTES);
                        case INFINISPAN -> InfinispanServer.start(scratch.folder("infinispan"));
                        case NULL -> NullNode.start(scratch.folder("null"));
                    });
        }
    }

    private void measure(Report report, LoadTool tool, List<Side> sides, String test, int pipeline) {
        var work = test.toUpperCase(Locale.ROOT) + ", pipeline " + pipeline;
        var lengths = new HashMap<String, Long>();
        for (var side : sides) {
            output.progress(work + ": warming up " + side.name());
            lengths.put(side.name(), requests > 0 ? requests : warmUp(tool, side, test, pipeline));
        }
        for (int round = 0; round < rounds; round++) {
            for (var side : sides) {
                var load = tool.run(side, test, pipeline, lengths.getOrDefault(side.name(), requests));
                report.add(work, side.name(), round, RATE, load.rate());
                report.add(work, side.name(), round, SERVER, (double) load.serverMicros() / load.commands());
                report.add(work, side.name(), round, CLIENT, (double) load.clientMicros() / load.commands());
                report.add(work, side.name(), round, P50, load.p50());
                report.add(work, side.name(), round, P99, load.p99());
                report.add(work, side.name(), round, P999, load.p999());
                output.progress(String.format(
                        Locale.ROOT,
                        "%s: round %d of %d, %s %,.0f/s",
                        work,
                        round + 1,
                        rounds,
                        side.name(),
                        load.rate()));
            }
        }
    }

    /** Returns how many requests fill one run. */
    private long warmUp(LoadTool tool, Side side, String test, int pipeline) {
        var probe = tool.run(side, test, pipeline, (long) clients * pipeline * PROBE_TURNS);
        var warm = tool.run(side, test, pipeline, (long) (probe.rate() * WARM_UP_SECONDS));
        return (long) (warm.rate() * seconds);
    }
}
