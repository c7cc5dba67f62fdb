package sherd.bench.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Attribution;
import sherd.bench.side.RedisBenchmark;
import sherd.bench.side.SherdNode;

@Command(
        name = "attribute",
        header = "Where a node's time goes under load: share of CPU and of the p99 by stage, of RESP and of HTTP.",
        description =
                "The stages of commands under redis-benchmark, and of requests under wrk and h2load, with the latency"
                        + " that those saw beside them.")
public final class AttributeBench implements Callable<Integer> {
    private static final Metric CPU = Metric.drawn("CPU", "%", 1);
    private static final Metric TAIL = Metric.drawn("p99", "%", 1);
    private static final Metric COST = Metric.shown("loop", "us/operation", 3);
    private static final Metric BATCH = Metric.shown("batch p99", "ms", 3);
    private static final Metric RATE = Metric.shown("throughput", "operations/s", 0);
    private static final Metric P50 = Metric.shown("client p50", "ms", 3);
    private static final Metric P99 = Metric.shown("client p99", "ms", 3);
    private static final Metric P999 = Metric.shown("client p99.9", "ms", 3);

    private static final int LONGEST_SECONDS = 60;
    private static final double PERCENT = 100;
    private static final double MICROS_A_MILLI = 1_000;
    /** The load begins before the sampling and ends after it. */
    private static final double MARGIN_SECONDS = 1;

    private static final int HTTP_WARM_UP_SECONDS = 1;
    private static final long HEAD_START_MILLIS = 200;

    /** What is asked, and whose stages are looked at. */
    enum Door {
        RESP,
        HTTP
    }

    @Option(names = "--doors", split = ",", description = "resp, http (default: both).")
    private List<Door> doors = List.of(Door.RESP, Door.HTTP);

    @Mixin
    private RespLoad load = new RespLoad();

    @Option(names = "--rounds", description = "Samples of each load (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--seconds", description = "Length of one sample, 1 to 60 (default: ${DEFAULT-VALUE}).")
    private int seconds = 3;

    @Option(names = "--sync", description = "The node's sync policy (default: ${DEFAULT-VALUE}).")
    private RespBench.Sync sync = RespBench.Sync.OS;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > LONGEST_SECONDS) {
            throw new BenchException("a node samples for 1 to " + LONGEST_SECONDS + " s: seconds=" + seconds);
        }
        var report = new Report("attribute", "Where a node's time goes", parameters());
        var tool = load.tool(1);
        try (var scratch = output.scratch();
                var node = SherdNode.start(scratch.folder("sherd"), List.of("log.sync=" + sync.word()))) {
            load.fill(node, output);
            for (var door : doors) {
                switch (door) {
                    case RESP -> load.forEach((test, pipeline) -> measure(report, tool, node, test, pipeline));
                    case HTTP ->
                        HttpWork.of(node, scratch.folder("http"), load.keys(), RespLoad.VALUE_BYTES)
                                .forEach(work -> measure(report, node, work));
                }
            }
        }
        report.note(
                "CPU: share of the time of the I/O threads. p99: share of the whole time of the slowest hundredth of"
                        + " the batches, from the read to the written reply; what the load tool sees on top is the network, the"
                        + " queue in the kernel and its own time. redis-benchmark with " + load + ", sync "
                        + sync.word()
                        + ". " + HttpWork.CLIENTS);
        output.finish(report);
        return 0;
    }

    private Map<String, String> parameters() {
        var all = new HashMap<String, String>();
        all.put("doors", doors.toString());
        load.addTo(all);
        all.put("rounds", Integer.toString(rounds));
        all.put("seconds", Integer.toString(seconds));
        all.put("sync", sync.word());
        return all;
    }

    private void measure(Report report, SherdNode node, HttpWork http) {
        int warmUp = (int) Math.min(HTTP_WARM_UP_SECONDS, load.warmUpSeconds());
        if (warmUp > 0) {
            output.progress(http.name() + ": warming up");
            var _ = http.load().apply(warmUp);
        }
        for (int round = 0; round < rounds; round++) {
            var under = CompletableFuture.supplyAsync(() -> http.load().apply(seconds + (int) MARGIN_SECONDS));
            Pause.millis(HEAD_START_MILLIS);
            var found = Attribution.of(node, "http", seconds);
            var seen = ended(under);
            report.add(http.name(), SherdNode.NAME, round, RATE, seen.rate() * http.operations());
            report.add(http.name(), SherdNode.NAME, round, P50, seen.p50());
            report.add(http.name(), SherdNode.NAME, round, P99, seen.p99());
            add(report, http.name(), round, found);
            output.progress(
                    http.name() + ": round " + (round + 1) + " of " + rounds + ", " + found.batches() + " batches");
        }
    }

    private void measure(Report report, RedisBenchmark tool, SherdNode node, String test, int pipeline) {
        var work = RespLoad.name(test, pipeline);
        output.progress(work + ": warming up");
        long requests = (long) (load.warmUp(tool, node, test, pipeline) * (seconds + MARGIN_SECONDS));
        for (int round = 0; round < rounds; round++) {
            var under = CompletableFuture.supplyAsync(() -> tool.run(node, test, pipeline, requests));
            Pause.millis(HEAD_START_MILLIS);
            var found = Attribution.of(node, "resp", seconds);
            var seen = ended(under);
            report.add(work, SherdNode.NAME, round, RATE, seen.rate());
            report.add(work, SherdNode.NAME, round, P50, seen.p50());
            report.add(work, SherdNode.NAME, round, P99, seen.p99());
            report.add(work, SherdNode.NAME, round, P999, seen.p999());
            add(report, work, round, found);
            output.progress(work + ": round " + (round + 1) + " of " + rounds + ", " + found.batches() + " batches");
        }
    }

    private static <T> T ended(CompletableFuture<T> load) {
        try {
            return load.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BenchException known ? known : e;
        }
    }

    private static void add(Report report, String work, int round, Attribution found) {
        report.add(work, SherdNode.NAME, round, BATCH, found.p99Micros() / MICROS_A_MILLI);
        found.stages().forEach((name, stage) -> {
            var part = work + ": " + name.replace('_', ' ');
            report.add(part, SherdNode.NAME, round, CPU, stage.cpuShare() * PERCENT);
            report.add(part, SherdNode.NAME, round, TAIL, stage.p99Share() * PERCENT);
            report.add(part, SherdNode.NAME, round, COST, stage.microsPerCommand());
        });
    }
}
