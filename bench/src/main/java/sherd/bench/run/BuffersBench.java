package sherd.bench.run;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.buffers.Figures;
import sherd.bench.buffers.HandlerProcess.Variant;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.HandlerNode;

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

    private static final Set<String> KNOWN = Set.of("get", "set");
    private static final double NANOS_A_MICRO = 1_000;

    @Mixin
    private RespLoad load = new RespLoad();

    @Option(names = "--rounds", description = "Each runs every side once (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of one run (default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report("buffers", "Reused buffers beside fresh ones in the RESP handler", parameters());
        try (var scratch = output.scratch();
                var sides = new Sides()) {
            var reused = sides.add(HandlerNode.start(Variant.REUSED, scratch.folder("reused")));
            var allocating = sides.add(HandlerNode.start(Variant.ALLOCATING, scratch.folder("allocating")));
            var nodes = List.of(reused, allocating);
            nodes.forEach(node -> load.fill(node, output));
            load.forEach((test, pipeline) -> {
                if (!KNOWN.contains(test)) {
                    throw new BenchException("the allocating handler knows get and set only: test=" + test);
                }
                inProcess(report, nodes, test, pipeline);
                overLoopback(report, nodes, test, pipeline);
            });
        }
        report.note("One loop, sync os. In process: one client, no network. Loopback: redis-benchmark with " + load
                + ", on the same machine. CPU, allocation and collections of the server's whole process.");
        output.finish(report);
        return 0;
    }

    private Map<String, String> parameters() {
        var all = new HashMap<String, String>();
        load.addTo(all);
        all.put("rounds", Integer.toString(rounds));
        all.put("seconds", Double.toString(seconds));
        return all;
    }

    /** Round -1 warms up. */
    private void inProcess(Report report, List<HandlerNode> nodes, String test, int pipeline) {
        var work = work(test, "in process", pipeline);
        long millis = Math.round(seconds * TimeUnit.SECONDS.toMillis(1));
        for (int round = -1; round < rounds; round++) {
            for (var node : nodes) {
                var used = node.run(test, pipeline, load.keys(), RespLoad.VALUE_BYTES, millis);
                double rate = used.commands() * (double) TimeUnit.SECONDS.toNanos(1) / used.nanos();
                add(report, work, node.name(), round, rate, used.commands(), used);
            }
        }
    }

    private void overLoopback(Report report, List<HandlerNode> nodes, String test, int pipeline) {
        var work = work(test, "loopback", pipeline);
        var tool = load.tool(1);
        double rate = load.warmUp(tool, nodes.getFirst(), test, pipeline);
        for (int round = -1; round < rounds; round++) {
            for (var node : nodes) {
                var before = node.figures();
                var found = tool.run(node, test, pipeline, Math.round(rate * seconds));
                add(
                        report,
                        work,
                        node.name(),
                        round,
                        found.rate(),
                        found.commands(),
                        node.figures().since(before));
            }
        }
    }

    private static String work(String test, String where, int pipeline) {
        return RespLoad.name(test, pipeline) + ", " + where;
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
