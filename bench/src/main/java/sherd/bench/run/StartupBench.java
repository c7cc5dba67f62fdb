package sherd.bench.run;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.ProcFs;
import sherd.bench.side.RedisBenchmark;
import sherd.bench.side.RedisServer;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;

@Command(
        name = "startup",
        description =
                "From the start of the process to the line that says it serves: time, CPU, memory; and what it does"
                        + " with its first commands.")
public final class StartupBench implements Callable<Integer> {
    private static final Metric READY = Metric.drawn("ready after", "ms", 1);
    private static final Metric CPU = Metric.drawn("CPU", "ms", 0);
    private static final Metric MEMORY = Metric.drawn("resident", "MB", 1);
    private static final Metric FIRST = Metric.drawn("first SETs", "commands/s", 0);
    private static final Metric FIRST_CPU = Metric.shown("CPU of these", "us/command", 2);
    private static final String WORK = "empty folder";
    private static final int CLIENTS = 50;
    private static final int PIPELINE = 16;
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 64;

    @Option(names = "--rounds", description = "Starts of each (default: ${DEFAULT-VALUE}).")
    private int rounds = 7;

    @Option(
            names = "--launcher",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Also through ./sherd, which looks whether it must build (default: yes).")
    private boolean launcher;

    @Option(names = "--commands", description = "Sent to each at once when it is ready (default: ${DEFAULT-VALUE}).")
    private long commands = 500_000;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report("startup", "Start of an empty server", Map.of("rounds", Integer.toString(rounds)));
        try (var scratch = output.scratch()) {
            if (launcher) {
                SherdNode.launch("first", scratch.folder("first"), List.of()).close(); // builds if it must
            }
            for (int round = 0; round < rounds; round++) {
                measure(report, round, () -> SherdNode.start(scratch.folder("sherd"), List.of()));
                measure(report, round, () -> RedisServer.start(scratch.folder("redis"), RedisServer.Persistence.OFF));
                if (launcher) {
                    measure(
                            report,
                            round,
                            () -> SherdNode.launch("./sherd serve", scratch.folder("launched"), List.of()));
                }
                output.progress("round " + (round + 1) + " of " + rounds);
            }
        }
        report.note(
                "`sherd` is the JVM alone, `./sherd serve` with the launcher's look at the sources, and the classes that it"
                        + " keeps. CPU is all that the process and, for the launcher, what it became used until it was ready."
                        + " First SETs: " + commands
                        + " of " + VALUE_BYTES + " bytes by " + CLIENTS + " clients, " + PIPELINE
                        + " at once, as soon as it is ready.");
        output.finish(report);
        return 0;
    }

    private void measure(Report report, int round, Supplier<Side> start) {
        try (var side = start.get()) {
            long cpu = ProcFs.cpuMicros(side.pid());
            long resident = ProcFs.residentBytes(side.pid());
            report.add(WORK, side.name(), round, READY, side.readyNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1));
            report.add(WORK, side.name(), round, CPU, cpu / 1e3);
            report.add(WORK, side.name(), round, MEMORY, resident / 1e6);
            var run = new RedisBenchmark(CLIENTS, 1, KEYS, VALUE_BYTES).run(side, "set", PIPELINE, commands);
            report.add(WORK, side.name(), round, FIRST, run.rate());
            report.add(WORK, side.name(), round, FIRST_CPU, (double) run.serverMicros() / run.commands());
        }
    }
}
