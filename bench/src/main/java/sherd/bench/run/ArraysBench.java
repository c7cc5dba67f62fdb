package sherd.bench.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.buffers.ArraysProcess;
import sherd.bench.buffers.ArraysProcess.Layout;
import sherd.bench.buffers.ArraysProcess.Work;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Forked;

@Command(
        name = "arrays",
        header = "A struct of arrays beside arrays of structs: scan and transform of rows of eight floats.",
        description =
                "Columns off the heap beside packed structs off the heap and beside Java objects; in plain loops and by"
                        + " the Vector API. Each in a JVM of its own; a wrong result ends the run.")
public final class ArraysBench implements Callable<Integer> {
    private static final Metric RATE = Metric.drawn("speed", "M rows/s", 0);
    private static final Metric TIME = Metric.drawn("time", "ms", 2);
    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_MICRO = 1e3;

    @Option(names = "--rows", description = "A multiple of 64 (default: ${DEFAULT-VALUE}).")
    private int rows = 10_000_000;

    @Option(names = "--rounds", description = "JVMs of each side (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "arrays",
                "Struct of arrays beside arrays of structs",
                Map.of("rows", Integer.toString(rows), "rounds", Integer.toString(rounds)));
        for (var work : Work.values()) {
            for (var way : List.of("plain", "vector")) {
                var layouts = Stream.of(Layout.values())
                        .filter(layout -> way.equals("plain") || layout.hasVectors())
                        .toList();
                measure(report, work, way, layouts);
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "%,d rows of eight floats. The scan adds up one column, the transform writes one from two others. Time is the"
                        + " median of 11 repetitions after 10 others, in one JVM. packed and objects are arrays of structs,"
                        + " objects in the order in which they were made.",
                rows));
        output.finish(report);
        return 0;
    }

    private void measure(Report report, Work work, String way, List<Layout> layouts) {
        var title = work.name().toLowerCase(Locale.ROOT) + (way.equals("vector") ? ", Vector API" : "");
        for (int round = 0; round < rounds; round++) {
            for (var layout : layouts) {
                var arguments = List.of(layout.name(), work.name(), way, Integer.toString(rows));
                long nanos = ArraysProcess.parse(Forked.run(ArraysProcess.class, ArraysProcess.OPTIONS, arguments));
                var side = layout.name().toLowerCase(Locale.ROOT);
                report.add(title, side, round, RATE, rows * NANOS_A_MICRO / nanos);
                report.add(title, side, round, TIME, nanos / NANOS_A_MILLI);
            }
        }
        output.progress(title + ": done");
    }
}
