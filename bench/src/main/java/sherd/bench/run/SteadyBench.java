package sherd.bench.run;

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
import sherd.bench.load.Dialect;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.Load;
import sherd.bench.load.LoadGenerator;
import sherd.bench.side.Filler;
import sherd.bench.side.NodeMetrics;
import sherd.bench.side.SherdNode;

@Command(
        name = "steady",
        description =
                "A minute of full load, SET and GET: collections and bytes allocated. Fails if the heap was collected.")
public final class SteadyBench implements Callable<Integer> {
    private static final Metric COLLECTIONS = Metric.drawn("collections", "", 0);
    private static final Metric ALLOCATED = Metric.shown("allocated", "MB", 2);
    private static final Metric EACH = Metric.drawn("allocated", "B/command", 4);
    private static final Metric RATE = Metric.shown("throughput", "commands/s", 0);
    private static final Metric CHECKPOINTS = Metric.shown("checkpoints", "", 0);

    private static final double HALF = 0.5;
    private static final int VALUE_BYTES = 64;
    private static final long SEED = 1;
    private static final int FAILED = 1;

    @Option(names = "--seconds", description = "Measured (default: ${DEFAULT-VALUE}).")
    private double seconds = 60;

    @Option(names = "--warm-up", description = "Seconds of load before that (default: ${DEFAULT-VALUE}).")
    private double warmUp = 10;

    @Option(names = "--pipeline", description = "Commands a connection sends at once (default: ${DEFAULT-VALUE}).")
    private int pipeline = 16;

    @Option(names = "--clients", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 50;

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(names = "--sync", description = "The node's sync policy (default: ${DEFAULT-VALUE}).")
    private RespBench.Sync sync = RespBench.Sync.OS;

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "steady",
                "Full load for a while",
                Map.of(
                        "seconds", Double.toString(seconds),
                        "pipeline", Integer.toString(pipeline),
                        "clients", Integer.toString(clients),
                        "keys", Long.toString(keys),
                        "sync", sync.word(),
                        "set", settings.toString()));
        long collections;
        try (var scratch = output.scratch();
                var generator = new LoadGenerator()) {
            try (var node = settings.start(scratch.folder("sherd"), settings.with("log.sync=" + sync.word()))) {
                output.progress("writing " + keys + " keys");
                Filler.fill(node.resp(), keys, VALUE_BYTES);
                collections = measure(report, generator, node);
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "%s s of load after %s s that are not counted: %d connections, %d commands at once, half of them SETs,"
                        + " %d-byte values, %d keys, sync %s. Allocated is the growth of the heap, background work and the"
                        + " two questions for it included; where there were collections it is not known. The heap was collected just before.",
                seconds,
                warmUp,
                clients,
                pipeline,
                VALUE_BYTES,
                keys,
                sync.word()));
        output.finish(report);
        if (collections > 0) {
            output.progress("the heap was collected under load: collections=" + collections);
            return FAILED;
        }
        return 0;
    }

    private long measure(Report report, LoadGenerator generator, SherdNode node) {
        var random = new SplittableRandom(SEED);
        var commands =
                CommandSource.mix(Dialect.RESP, new KeyChoice.Uniform().over(keys, random), HALF, VALUE_BYTES, random);
        var load = new Load(node.resp(), clients, pipeline, commands);
        output.progress("warming up");
        LoadGenerator.ended(generator.closed(load, 0, warmUp));
        output.progress("measuring");
        node.collectGarbage(); // what the start has left says nothing of the load
        long saved = node.checkpoints();
        var before = NodeMetrics.of(node);
        var measured = LoadGenerator.ended(generator.closed(load, 0, seconds));
        var after = NodeMetrics.of(node);
        if (measured.misses() > 0) {
            throw new BenchException("no value for " + measured.misses() + " of the keys");
        }
        var work = "SET and GET, pipeline " + pipeline;
        long collections = after.collections() - before.collections();
        report.add(work, SherdNode.NAME, 0, COLLECTIONS, (double) collections);
        if (collections == 0) {
            double bytes = after.heapUsedBytes() - before.heapUsedBytes();
            report.add(work, SherdNode.NAME, 0, ALLOCATED, bytes / 1e6);
            report.add(work, SherdNode.NAME, 0, EACH, bytes / measured.commands());
        }
        report.add(work, SherdNode.NAME, 0, RATE, measured.commandsPerSecond());
        report.add(work, SherdNode.NAME, 0, CHECKPOINTS, (double) (node.checkpoints() - saved));
        return collections;
    }
}
