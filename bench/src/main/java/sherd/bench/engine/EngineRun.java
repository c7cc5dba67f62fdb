package sherd.bench.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Forked;
import sherd.bench.side.Jvm;

@Command(
        name = "engine",
        description =
                "GET and SET of the engine alone, by JMH: time and allocation a command, and beside maps of others.")
public final class EngineRun implements Callable<Integer> {
    private static final Metric TIME = Metric.drawn("time", "ns/command", 1);
    private static final Metric ALLOCATED = Metric.drawn("allocated", "B/command", 2);
    private static final Metric HEAP = Metric.shown("heap", "B/key", 1);
    private static final Metric OUTSIDE = Metric.shown("outside the heap", "B/key", 1);
    private static final List<String> WHOLE_HEAP = List.of("-Xms1500m", "-Xmx1500m", "-XX:+AlwaysPreTouch");
    private static final String NORMALISED = "gc.alloc.rate.norm";

    @Option(names = "--keys", split = ",", description = "In the store (default: 1000,1000000).")
    private List<String> keys = List.of("1000", "1000000");

    @Option(names = "--batch", split = ",", description = "Commands in a unit of work (default: 1,16).")
    private List<String> batches = List.of("1", "16");

    @Option(names = "--counted", description = "Rows are of an age whose readers are counted.")
    private boolean counted;

    @Option(names = "--rounds", description = "JMH's iterations (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--millis", description = "Of one iteration (default: ${DEFAULT-VALUE}).")
    private int millis = 1000;

    @Option(names = "--warm-up", description = "Iterations that are not counted (default: ${DEFAULT-VALUE}).")
    private int warmUp = 3;

    @Option(names = "--forks", description = "JVMs; 0 runs in this one (default: ${DEFAULT-VALUE}).")
    private int forks = 1;

    @Option(
            names = "--peers",
            split = ",",
            description = "Maps in the process beside it, of caffeine,chronicle_map,mapdb, each in a JVM of its own.")
    private List<Peer> peers = List.of();

    @Option(names = "--footprint", description = "Keys to see what one takes; 0 does not look (default: 0).")
    private long footprint;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws RunnerException {
        var report = new Report(
                "engine",
                "The engine alone",
                Map.of("keys", keys.toString(), "batch", batches.toString(), "rounds", Integer.toString(rounds)));
        output.progress("JMH runs; this takes about "
                + 2 * keys.size() * (batches.size() + peers.size()) * ((warmUp + rounds) * millis + 2000) / 1000
                + " s");
        run(
                report,
                Footprint.ENGINE,
                options(EngineBench.class, List.of())
                        .param("batch", batches.toArray(String[]::new))
                        .param("counted", Boolean.toString(counted)));
        for (var peer : peers) {
            run(report, peer.word(), options(PeerBench.class, peer.options()).param("peer", peer.name()));
        }
        if (counted) {
            report.note("Every read is counted as one of its row group, by the same reader.");
        }
        if (footprint > 0) {
            measureFootprints(report);
        }
        if (!peers.isEmpty()) {
            report.note("The maps have no log, no expiry and no versions here, and are asked one key at a time.");
        }
        report.note("One thread, keys of " + EngineBench.KEY_BYTES + " bytes, values of " + EngineBench.VALUE_BYTES
                + ", random keys, sync os, commit log on disk; allocation by JMH's gc profiler, all threads.");
        output.finish(report);
        return 0;
    }

    private ChainedOptionsBuilder options(Class<?> benchmark, List<String> jvm) {
        var all = new ArrayList<>(jvm);
        all.addAll(Jvm.moreOptions());
        return new OptionsBuilder()
                .include("\\." + Pattern.quote(benchmark.getSimpleName()) + "\\.")
                .param("keys", keys.toArray(String[]::new))
                .warmupIterations(warmUp)
                .warmupTime(TimeValue.milliseconds(millis))
                .measurementIterations(rounds)
                .measurementTime(TimeValue.milliseconds(millis))
                .forks(forks)
                .jvmArgsAppend(all.toArray(String[]::new))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
    }

    private static void run(Report report, String side, ChainedOptionsBuilder options) throws RunnerException {
        for (var result : new Runner(options.build()).run()) {
            add(report, side, result);
        }
    }

    private void measureFootprints(Report report) {
        var work = String.format(Locale.ROOT, "%,d keys more", footprint);
        var count = Long.toString(footprint);
        add(report, work, Footprint.ENGINE, Forked.run(Footprint.class, WHOLE_HEAP, List.of(Footprint.ENGINE, count)));
        for (var peer : peers) {
            var options = new ArrayList<>(peer.options());
            options.addAll(WHOLE_HEAP);
            add(report, work, peer.word(), Forked.run(Footprint.class, options, List.of(peer.name(), count)));
        }
        report.note("Memory a key, key and value (80 bytes) included: what as many keys add to a store that has "
                + count + " already.");
    }

    private static void add(Report report, String work, String side, String printed) {
        var found = Footprint.Found.parse(printed);
        report.add(work, side, 0, HEAP, found.heap());
        report.add(work, side, 0, OUTSIDE, found.outside());
    }

    private static void add(Report report, String side, RunResult result) {
        var method = result.getParams().getBenchmark();
        var given = result.getParams().getParam("batch");
        int batch = given == null ? 1 : Integer.parseInt(given);
        var work = String.format(
                Locale.ROOT,
                "%s, %,d keys, batch %d",
                method.substring(method.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT),
                Long.parseLong(result.getParams().getParam("keys")),
                batch);
        int round = 0;
        for (var fork : result.getBenchmarkResults()) {
            for (var iteration : fork.getIterationResults()) {
                report.add(work, side, round, TIME, iteration.getPrimaryResult().getScore() / batch);
                var allocated = iteration.getSecondaryResults().get(NORMALISED);
                if (allocated != null) {
                    report.add(work, side, round, ALLOCATED, allocated.getScore() / batch);
                }
                round++;
            }
        }
    }
}
