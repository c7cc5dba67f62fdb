package sherd.bench.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;
import sherd.bench.frame.Output;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.LoadGenerator;
import sherd.bench.side.Filler;
import sherd.bench.side.LoadTool;
import sherd.bench.side.OwnLoad;
import sherd.bench.side.RedisBenchmark;
import sherd.bench.side.Side;

/** What redis-benchmark sends. A mixin: every benchmark under its load has these options, so that they compare. */
final class RespLoad {
    static final int VALUE_BYTES = 64;

    private static final int PROBE_TURNS = 40;

    @Option(
            names = "--tests",
            split = ",",
            description = "Of redis-benchmark: set,get,incr,mset,hset (default: set,get).")
    private List<String> tests = List.of("set", "get");

    @Option(names = "--pipeline", split = ",", description = "Commands sent at once by a client (default: 1,16,64).")
    private List<Integer> pipelines = List.of(1, 16, 64);

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    /** A server that runs for days has been compiled; within the first seconds of a load the compiler takes its share. */
    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Of each load on each side, before it is measured (default: ${DEFAULT-VALUE}).")
    private double warmUp = 4;

    @Option(names = "--clients", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int clients = 50;

    /** One kind of load: a test at a pipeline. */
    @FunctionalInterface
    interface Step {
        void measure(String test, int pipeline);
    }

    void forEach(Step step) {
        for (var test : tests) {
            for (int pipeline : pipelines) {
                step.measure(test, pipeline);
            }
        }
    }

    double warmUpSeconds() {
        return warmUp;
    }

    long keys() {
        return keys;
    }

    static String name(String test, int pipeline) {
        return test.toUpperCase(Locale.ROOT) + ", pipeline " + pipeline;
    }

    RedisBenchmark tool(int threads) {
        return new RedisBenchmark(clients, threads, keys, VALUE_BYTES);
    }

    OwnLoad ownTool(LoadGenerator generator, KeyChoice choice) {
        return new OwnLoad(generator, clients, keys, choice, VALUE_BYTES);
    }

    void fill(Side side, Output output) {
        output.progress("writing " + keys + " keys to " + side.name());
        Filler.fill(side.resp(), side.dialect(), keys, VALUE_BYTES);
    }

    /** Returns the commands a second that a warm side takes. */
    double warmUp(LoadTool tool, Side side, String test, int pipeline) {
        var probe = tool.run(side, test, pipeline, (long) clients * pipeline * PROBE_TURNS);
        return tool.run(side, test, pipeline, (long) (probe.rate() * warmUp)).rate();
    }

    void addTo(Map<String, String> parameters) {
        parameters.put("tests", String.join(",", tests));
        parameters.put("pipeline", pipelines.toString());
        parameters.put("keys", Long.toString(keys));
        parameters.put("clients", Integer.toString(clients));
        parameters.put("warm-up", Double.toString(warmUp));
    }

    /** For a note below the figures. */
    @Override
    public String toString() {
        return clients + " connections, " + VALUE_BYTES + "-byte values, " + keys + " keys, each load warmed up for "
                + warmUp + " s";
    }
}
