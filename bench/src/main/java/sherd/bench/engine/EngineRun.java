package sherd.bench.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;

@Command(name = "engine", description = "GET and SET of the engine alone, by JMH: time and allocation a command.")
public final class EngineRun implements Callable<Integer> {
    private static final Metric TIME = Metric.drawn("time", "ns/command", 1);
    private static final Metric ALLOCATED = Metric.drawn("allocated", "B/command", 2);
    private static final String SIDE = "engine";
    private static final String NORMALISED = "gc.alloc.rate.norm";

    @Option(names = "--keys", split = ",", description = "In the store (default: 1000,1000000).")
    private List<String> keys = List.of("1000", "1000000");

    @Option(names = "--batch", split = ",", description = "Commands in a unit of work (default: 1,16).")
    private List<String> batches = List.of("1", "16");

    @Option(names = "--rounds", description = "JMH's iterations (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--millis", description = "Of one iteration (default: ${DEFAULT-VALUE}).")
    private int millis = 1000;

    @Option(names = "--warm-up", description = "Iterations that are not counted (default: ${DEFAULT-VALUE}).")
    private int warmUp = 3;

    @Option(names = "--forks", description = "JVMs; 0 runs in this one (default: ${DEFAULT-VALUE}).")
    private int forks = 1;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws RunnerException {
        var options = new OptionsBuilder()
                .include("\\." + Pattern.quote(EngineBench.class.getSimpleName()) + "\\.")
                .param("keys", keys.toArray(String[]::new))
                .param("batch", batches.toArray(String[]::new))
                .warmupIterations(warmUp)
                .warmupTime(TimeValue.milliseconds(millis))
                .measurementIterations(rounds)
                .measurementTime(TimeValue.milliseconds(millis))
                .forks(forks)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        var report = new Report(
                "engine",
                "The engine alone",
                Map.of("keys", keys.toString(), "batch", batches.toString(), "rounds", Integer.toString(rounds)));
        output.progress("JMH runs; this takes about "
                + 2 * keys.size() * batches.size() * ((warmUp + rounds) * millis + 2000) / 1000 + " s");
        for (var result : new Runner(options).run()) {
            add(report, result);
        }
        report.note("One thread, keys of " + EngineBench.KEY_BYTES + " bytes, values of " + EngineBench.VALUE_BYTES
                + ", random keys, sync os, commit log on disk; allocation by JMH's gc profiler, all threads.");
        output.finish(report);
        return 0;
    }

    private static void add(Report report, RunResult result) {
        var method = result.getParams().getBenchmark();
        int batch = Integer.parseInt(result.getParams().getParam("batch"));
        var work = String.format(
                Locale.ROOT,
                "%s, %,d keys, batch %d",
                method.substring(method.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT),
                Long.parseLong(result.getParams().getParam("keys")),
                batch);
        int round = 0;
        for (var fork : result.getBenchmarkResults()) {
            for (var iteration : fork.getIterationResults()) {
                report.add(work, SIDE, round, TIME, iteration.getPrimaryResult().getScore() / batch);
                var allocated = iteration.getSecondaryResults().get(NORMALISED);
                if (allocated != null) {
                    report.add(work, SIDE, round, ALLOCATED, allocated.getScore() / batch);
                }
                round++;
            }
        }
    }
}
