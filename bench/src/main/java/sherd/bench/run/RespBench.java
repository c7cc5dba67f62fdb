package sherd.bench.run;

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
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.frame.Scratch;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.LoadGenerator;
import sherd.bench.side.InfinispanServer;
import sherd.bench.side.LoadTool;
import sherd.bench.side.Memcached;
import sherd.bench.side.NullNode;
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

    private static final int MEMCACHED_MEGABYTES = 1024;

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

    private static final long CHECKPOINT_MILLIS = 50;
    private static final long MOST_NANOS = 60_000_000_000L;

    @Mixin
    private RespLoad load = new RespLoad();

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

    @Option(names = "--threads", description = "Of redis-benchmark (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(
            names = "--checkpoints",
            description =
                    "Of the node before it is measured, so that what they take is compiled (default: ${DEFAULT-VALUE}).")
    private int checkpoints = 8;

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

    @Mixin
    private NodeSettings settings = new NodeSettings();

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
            var tool = isOwn ? load.ownTool(generator, choice) : load.tool(threads);
            start(sides, scratch);
            for (var side : sides.all()) {
                load.fill(side, output);
                if (side instanceof SherdNode node) {
                    takeCheckpoints(node);
                }
            }
            load.forEach((test, pipeline) -> measure(report, tool, sides.all(), test, pipeline));
        }
        report.note(load + ", " + choice + "; " + (isOwn ? "the harness's own load generator" : "redis-benchmark")
                + " with " + (isOwn ? 1 : threads) + " thread" + (isOwn || threads == 1 ? "" : "s")
                + " on the same machine.");
        output.finish(report);
        return 0;
    }

    /** As a node that has run for a while: what they take is compiled. A server that writes no log has nothing like it. */
    private void takeCheckpoints(SherdNode node) {
        long before = node.checkpoints();
        long began = System.nanoTime();
        while (node.checkpoints() < before + checkpoints) {
            output.progress("checkpoint " + (node.checkpoints() - before + 1) + " of " + checkpoints);
            node.saveInBackground();
            Pause.millis(CHECKPOINT_MILLIS);
            if (System.nanoTime() - began > MOST_NANOS) {
                throw new BenchException("the node took only " + (node.checkpoints() - before) + " checkpoints of "
                        + checkpoints + " in a minute; ask for fewer with --checkpoints");
            }
        }
    }

    private Map<String, String> parameters() {
        var all = new HashMap<String, String>();
        load.addTo(all);
        all.put("rounds", Integer.toString(rounds));
        all.put("seconds", Double.toString(seconds));
        all.put("requests", Long.toString(requests));
        all.put("peers", peers.toString());
        all.put("distribution", choice.toString());
        all.put("sync", sync.word());
        all.put("threads", Integer.toString(threads));
        all.put("checkpoints", Integer.toString(checkpoints));
        all.put("set", settings.toString());
        return all;
    }

    private void start(Sides sides, Scratch scratch) {
        sides.add(settings.start(scratch.folder("sherd"), settings.with("log.sync=" + sync.word())));
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
        var work = RespLoad.name(test, pipeline);
        var lengths = new HashMap<String, Long>();
        for (var side : sides) {
            output.progress(work + ": warming up " + side.name());
            lengths.put(
                    side.name(), requests > 0 ? requests : (long) (load.warmUp(tool, side, test, pipeline) * seconds));
        }
        for (int round = 0; round < rounds; round++) {
            for (var side : sides) {
                var run = tool.run(side, test, pipeline, lengths.getOrDefault(side.name(), requests));
                report.add(work, side.name(), round, RATE, run.rate());
                report.add(work, side.name(), round, SERVER, (double) run.serverMicros() / run.commands());
                report.add(work, side.name(), round, CLIENT, (double) run.clientMicros() / run.commands());
                report.add(work, side.name(), round, P50, run.p50());
                report.add(work, side.name(), round, P99, run.p99());
                report.add(work, side.name(), round, P999, run.p999());
                output.progress(String.format(
                        Locale.ROOT,
                        "%s: round %d of %d, %s %,.0f/s",
                        work,
                        round + 1,
                        rounds,
                        side.name(),
                        run.rate()));
            }
        }
    }
}
