package sherd.bench.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.buffers.Figures;
import sherd.bench.buffers.HandlerProcess.Variant;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Filler;
import sherd.bench.side.HandlerNode;
import sherd.bench.side.RedisBenchmark;

@Command(
        name = "buffers",
        header = "The RESP handler with its reused buffers beside one that allocates for each request.",
        description =
                "Requests served from reused buffers, as the product does it, and from arrays, strings and lists made"
                        + " for each; before the same engine, asked in the same way. In process and over loopback (redis-benchmark).")
public final class BuffersBench implements Callable<Integer> {
    private static final Metric RATE = Metric.drawn("throughput", "commands/s", 0);
    private static final Metric CPU = Metric.drawn("CPU", "us/command", 3);
    private static final Metric ALLOCATED = Metric.shown("allocated", "B/command", 2);
    private static final Metric COLLECTIONS = Metric.shown("collections", "", 0);

    private static final int VALUE_BYTES = 64;
    private static final int CLIENTS = 50;
    private static final int PROBE_TURNS = 40;
    private static final double NANOS_A_MICRO = 1_000;

    @Option(names = "--tests", split = ",", description = "get, set (default: get,set).")
    private List<String> tests = List.of("get", "set");

    @Option(names = "--pipeline", split = ",", description = "Commands sent at once by a client (default: 16).")
    private List<Integer> pipelines = List.of(16);

    @Option(names = "--rounds", description = "Each runs every side once (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of one run (default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "buffers",
                "Reused buffers beside fresh ones in the RESP handler",
                Map.of(
                        "tests", String.join(",", tests),
                        "pipeline", pipelines.toString(),
                        "rounds", Integer.toString(rounds),
                        "seconds", Double.toString(seconds),
                        "keys", Long.toString(keys)));
        try (var scratch = output.scratch();
                var sides = new Sides()) {
            var reused = sides.add(HandlerNode.start(Variant.REUSED, scratch.folder("reused")));
            var allocating = sides.add(HandlerNode.start(Variant.ALLOCATING, scratch.folder("allocating")));
            var nodes = List.of(reused, allocating);
            output.progress("writing " + keys + " keys to each");
            nodes.forEach(node -> Filler.fill(node.resp(), keys, VALUE_BYTES));
            for (var test : tests) {
                for (int pipeline : pipelines) {
                    inProcess(report, nodes, test, pipeline);
                    overLoopback(report, nodes, test, pipeline);
                }
            }
        }
        report.note(
                "One loop, " + VALUE_BYTES + "-byte values, " + keys + " random keys, sync os. In process: one client,"
                        + " no network. Loopback: redis-benchmark, " + CLIENTS
                        + " connections, on the same machine. CPU, allocation and collections of the server's whole process.");
        output.finish(report);
        return 0;
    }

    /** Round -1 warms up. */
    private void inProcess(Report report, List<HandlerNode> nodes, String test, int pipeline) {
        var work = work(test, "in process", pipeline);
        long millis = Math.round(seconds * TimeUnit.SECONDS.toMillis(1));
        for (int round = -1; round < rounds; round++) {
            for (var node : nodes) {
                var used = node.run(test, pipeline, keys, VALUE_BYTES, millis);
                double rate = used.commands() * (double) TimeUnit.SECONDS.toNanos(1) / used.nanos();
                add(report, work, node.name(), round, rate, used.commands(), used);
            }
        }
    }

    private void overLoopback(Report report, List<HandlerNode> nodes, String test, int pipeline) {
        var work = work(test, "loopback", pipeline);
        var tool = new RedisBenchmark(CLIENTS, 1, keys, VALUE_BYTES);
        var probe = tool.run(nodes.getFirst(), test, pipeline, (long) CLIENTS * pipeline * PROBE_TURNS);
        for (int round = -1; round < rounds; round++) {
            for (var node : nodes) {
                var before = node.figures();
                var load = tool.run(node, test, pipeline, Math.round(probe.rate() * seconds));
                add(
                        report,
                        work,
                        node.name(),
                        round,
                        load.rate(),
                        load.commands(),
                        node.figures().since(before));
            }
        }
    }

    private static String work(String test, String where, int pipeline) {
        return test.toUpperCase(Locale.ROOT) + ", " + where + ", pipeline " + pipeline;
    }

    private void add(Report report, String work, String side, int round, double rate, long commands, Figures used) {
        output.progress(String.format(Locale.ROOT, "%s, %s: %,.0f/s", work, side, rate));
        if (round < 0) {
            return;
        }
        report.add(work, side, round, RATE, rate);
        report.add(work, side, round, CPU, used.cpuNanos() / NANOS_A_MICRO / commands);
        report.add(work, side, round, ALLOCATED, (double) used.allocated() / commands);
        report.add(work, side, round, COLLECTIONS, (double) used.collections());
    }
}
