package sherd.bench.run;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.load.CommandSource;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.Load;
import sherd.bench.load.LoadGenerator;
import sherd.bench.load.Measured;
import sherd.bench.side.Filler;
import sherd.bench.side.NullNode;
import sherd.bench.side.ProcFs;
import sherd.bench.side.RedisServer;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;

@Command(
        name = "latency",
        description =
                "Latency at a fixed rate, half of the peak, while keys expire, the index grows and checkpoints run.")
public final class LatencyBench implements Callable<Integer> {
    private static final Metric RATE = Metric.shown("throughput", "commands/s", 0);
    private static final Metric P50 = Metric.shown("p50", "ms", 3);
    private static final Metric P99 = Metric.drawn("p99", "ms", 3);
    private static final Metric P999 = Metric.drawn("p99.9", "ms", 3);
    private static final Metric MOST = Metric.shown("most", "ms", 2);
    private static final Metric LATE = Metric.shown("sent late, p99.9", "ms", 3);
    private static final Metric SERVER = Metric.shown("server CPU", "us/command", 2);
    private static final Metric SAVED = Metric.shown("checkpoints", "", 0);

    private static final int BACKGROUND_PIPELINE = 4;
    private static final int PEAK_ROUNDS = 2;
    private static final int WARMING_SNAPSHOTS = 4;
    private static final long LIFE_MILLIS = 500;
    private static final long SEED = 1;

    @Option(names = "--pipeline", description = "Commands a connection sends at once (default: ${DEFAULT-VALUE}).")
    private int pipeline = 16;

    @Option(names = "--clients", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 50;

    @Option(names = "--rounds", description = "Each runs every side at every rate (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Measured of one run (default: ${DEFAULT-VALUE}).")
    private double seconds = 8;

    @Option(names = "--warm-up", description = "Seconds before that (default: ${DEFAULT-VALUE}).")
    private double warmUp = 2;

    @Option(names = "--peak-seconds", description = "Of each search for the peak (default: ${DEFAULT-VALUE}).")
    private double peakSeconds = 4;

    @Option(names = "--share", description = "Of the peak (default: ${DEFAULT-VALUE}).")
    private double share = 0.5;

    @Option(names = "--writes", description = "Share of SETs among the commands (default: ${DEFAULT-VALUE}).")
    private double writes = 0.05;

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(
            names = "--distribution",
            converter = KeyChoice.Converter.class,
            description = "uniform, or zipf:EXPONENT such as zipf:0.99 (default: ${DEFAULT-VALUE}).")
    private KeyChoice choice = new KeyChoice.Uniform();

    @Option(names = "--value", description = "Bytes of a value (default: ${DEFAULT-VALUE}).")
    private int valueBytes = 64;

    @Option(names = "--expiring", description = "Keys a second that live half a second (default: ${DEFAULT-VALUE}).")
    private double expiring = 5_000;

    @Option(names = "--growing", description = "New keys a second that stay (default: ${DEFAULT-VALUE}).")
    private double growing = 5_000;

    @Option(names = "--snapshot", description = "Seconds from one BGSAVE to the next.")
    private double snapshot = 4;

    @Option(
            names = "--null",
            description = "Also a server that does nothing, at the rates of the node: what machine and generator add.")
    private boolean withNull;

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Mixin
    private Output output = new Output();

    /** A side with what is sent to it; keys that it has not had yet go on from run to run. */
    private final class Contender {
        final Side side;
        final Load load;
        final Load expiringLoad;
        final Load growingLoad;
        double peak;

        Contender(Side side) {
            this.side = side;
            var random = new SplittableRandom(SEED);
            load = load(
                    clients,
                    pipeline,
                    CommandSource.mix(side.dialect(), choice.over(keys, random), writes, valueBytes, random));
            expiringLoad = background(CommandSource.expiring(LIFE_MILLIS, valueBytes, random));
            growingLoad = background(CommandSource.growing(valueBytes, random));
        }

        private Load background(CommandSource source) {
            return load(1, BACKGROUND_PIPELINE, source);
        }

        private Load load(int connections, int atOnce, CommandSource source) {
            return new Load(side.resp(), connections, atOnce, source);
        }

        long saved() {
            return side instanceof SherdNode node
                    ? node.checkpoints()
                    : side instanceof RedisServer redis ? redis.snapshots() : 0;
        }
    }

    @Override
    public Integer call() {
        var report = new Report("latency", "Latency at a fixed rate", parameters());
        try (var scratch = output.scratch();
                var sides = new Sides();
                var generator = new LoadGenerator()) {
            sides.add(
                    settings.start(scratch.folder("sherd"), settings.over("log.sync=os", "storage.memory-limit=2GiB")));
            sides.add(RedisServer.start(scratch.folder("redis"), RedisServer.Persistence.OFF));
            if (withNull) {
                sides.add(NullNode.start(scratch.folder("null")));
            }
            var contenders = sides.all().stream().map(Contender::new).toList();
            for (var contender : contenders) {
                output.progress("writing " + keys + " keys to " + contender.side.name());
                Filler.fill(contender.side.resp(), keys, valueBytes);
            }
            contenders.forEach(contender -> warmUp(generator, contender));
            findPeaks(report, generator, contenders);
            double own = contenders.getFirst().peak;
            double lower = Math.min(own, contenders.get(1).peak);
            for (int round = 0; round < rounds; round++) {
                for (var contender : contenders) {
                    measure(report, generator, contender, round, share + " of its own peak", rate(contender, own));
                }
                for (var contender : contenders) {
                    measure(report, generator, contender, round, share + " of the lower peak", lower * share);
                }
            }
        }
        note(report);
        output.finish(report);
        return 0;
    }

    /** The one that does nothing is asked as often as the node. */
    private double rate(Contender contender, double peakOfNode) {
        return share * (contender.side instanceof NullNode ? peakOfNode : contender.peak);
    }

    private Map<String, String> parameters() {
        var all = new HashMap<String, String>();
        all.put("pipeline", Integer.toString(pipeline));
        all.put("clients", Integer.toString(clients));
        all.put("rounds", Integer.toString(rounds));
        all.put("seconds", Double.toString(seconds));
        all.put("share", Double.toString(share));
        all.put("writes", Double.toString(writes));
        all.put("keys", Long.toString(keys));
        all.put("distribution", choice.toString());
        all.put("expiring", Double.toString(expiring));
        all.put("growing", Double.toString(growing));
        all.put("snapshot", Double.toString(snapshot));
        all.put("set", settings.toString());
        return all;
    }

    private void note(Report report) {
        report.note(String.format(
                Locale.ROOT,
                "%d connections of an open-loop generator with one thread, %d commands at once, %s of them SETs, %d-byte"
                        + " values, %d keys, %s. Latency counts from when a command was due. Meanwhile %.0f keys a second"
                        + " that live %d ms and %.0f that stay; a BGSAVE every %s s. The peak is closed-loop,"
                        + " the better of two runs, without BGSAVE.",
                clients,
                pipeline,
                writes,
                valueBytes,
                keys,
                choice,
                expiring,
                LIFE_MILLIS,
                growing,
                snapshot));
    }

    /** As fast as it can, with more than one BGSAVE: what that takes is compiled before it is measured. */
    private void warmUp(LoadGenerator generator, Contender contender) {
        output.progress("warming up " + contender.side.name());
        try (var _ = Snapshots.of(contender.side, peakSeconds / WARMING_SNAPSHOTS)) {
            var _ = LoadGenerator.ended(generator.closed(contender.load, warmUp, peakSeconds));
        }
    }

    /** As fast as each can, in turn, twice. */
    private void findPeaks(Report report, LoadGenerator generator, List<Contender> contenders) {
        for (int round = 0; round < PEAK_ROUNDS; round++) {
            for (var contender : contenders) {
                var measured = LoadGenerator.ended(generator.closed(contender.load, warmUp, peakSeconds));
                contender.peak = Math.max(contender.peak, measured.commandsPerSecond());
                report.add("peak", contender.side.name(), round, RATE, measured.commandsPerSecond());
                output.progress(String.format(
                        Locale.ROOT, "peak of %s: %,.0f/s", contender.side.name(), measured.commandsPerSecond()));
            }
        }
    }

    private void measure(
            Report report, LoadGenerator generator, Contender contender, int round, String at, double rate) {
        var side = contender.side;
        System.gc(); // so that the generator has no collection while it measures
        long saved = contender.saved();
        long cpu = ProcFs.cpuMicros(side.pid());
        Measured measured;
        try (var _ = Snapshots.of(side, snapshot)) {
            var background = List.of(
                    generator.open(contender.expiringLoad, expiring, 0, warmUp + seconds),
                    generator.open(contender.growingLoad, growing, 0, warmUp + seconds));
            measured = LoadGenerator.ended(generator.open(contender.load, rate, warmUp, seconds));
            background.forEach(LoadGenerator::ended);
        }
        if (measured.misses() > 0) {
            throw new BenchException(side.name() + " had no value for " + measured.misses() + " of its keys");
        }
        double commands = (rate + expiring + growing) * (warmUp + seconds);
        var get = "GET, " + at;
        report.add(get, side.name(), round, RATE, measured.commandsPerSecond());
        report.add(get, side.name(), round, P50, measured.readMillis(50));
        report.add(get, side.name(), round, P99, measured.readMillis(99));
        report.add(get, side.name(), round, P999, measured.readMillis(99.9));
        report.add(get, side.name(), round, MOST, measured.readMillis(100));
        report.add(get, side.name(), round, LATE, measured.lateMillis(99.9));
        report.add(get, side.name(), round, SERVER, (ProcFs.cpuMicros(side.pid()) - cpu) / commands);
        report.add(get, side.name(), round, SAVED, (double) (contender.saved() - saved));
        if (measured.hasWrites()) {
            var set = "SET, " + at;
            report.add(set, side.name(), round, P50, measured.writeMillis(50));
            report.add(set, side.name(), round, P99, measured.writeMillis(99));
            report.add(set, side.name(), round, P999, measured.writeMillis(99.9));
            report.add(set, side.name(), round, MOST, measured.writeMillis(100));
        }
        output.progress(String.format(
                Locale.ROOT,
                "round %d of %d, %s, %s: p99.9 %.3f ms, most %.2f ms, %d checkpoints",
                round + 1,
                rounds,
                at,
                side.name(),
                measured.readMillis(99.9),
                measured.readMillis(100),
                contender.saved() - saved));
    }
}
