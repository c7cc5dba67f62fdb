package sherd.bench.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.buffers.PoolProcess;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Forked;

@Command(
        name = "pool",
        header = "Buffers from the product's pools beside fresh ones.",
        description =
                "Takes 100,000 buffers of 128 bytes and of 4 KiB, 64 alive at a time: from the slabs, from Netty's pool,"
                        + " and fresh in five ways. Each in a JVM of its own.")
public final class PoolBench implements Callable<Integer> {
    private static final Metric RATE = Metric.drawn("speed", "M buffers/s", 2);
    private static final Metric TIME = Metric.drawn("time", "ms", 2);
    private static final Metric COLLECTIONS = Metric.shown("collections", "", 2);
    private static final Metric ALLOCATED = Metric.shown("heap", "B/buffer", 1);
    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_MICRO = 1e3;

    @Option(names = "--bytes", split = ",", description = "Of a buffer (default: 128,4096).")
    private List<Integer> sizes = List.of(128, 4096);

    @Option(names = "--count", description = "Buffers taken (default: ${DEFAULT-VALUE}).")
    private int count = 100_000;

    @Option(names = "--rounds", description = "JVMs of each side (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "pool",
                "Buffers from pools and fresh ones",
                Map.of(
                        "bytes", sizes.toString(),
                        "count", Integer.toString(count),
                        "rounds", Integer.toString(rounds)));
        for (int bytes : sizes) {
            var work = String.format(Locale.ROOT, "%,d of %,d bytes", count, bytes);
            for (int round = 0; round < rounds; round++) {
                for (var side : PoolProcess.sides()) {
                    add(report, work, side, round, bytes);
                }
                output.progress(work + ": round " + (round + 1) + " of " + rounds);
            }
        }
        report.note(
                "slabs and netty pool are what the product uses; region is the C library's malloc, within the memory"
                        + " limit; direct is ByteBuffer.allocateDirect, arena one confined arena for each, heap new byte[]."
                        + " Time is the median of 21 repetitions after 20 others, in one JVM; collections by repetition.");
        output.finish(report);
        return 0;
    }

    private void add(Report report, String work, String side, int round, int bytes) {
        var printed = Forked.run(
                PoolProcess.class, List.of(), List.of(side, Integer.toString(bytes), Integer.toString(count)));
        var found = PoolProcess.Found.parse(printed);
        report.add(work, side, round, RATE, count * NANOS_A_MICRO / found.nanos());
        report.add(work, side, round, TIME, found.nanos() / NANOS_A_MILLI);
        report.add(work, side, round, COLLECTIONS, found.collections());
        report.add(work, side, round, ALLOCATED, found.allocated() / count);
    }
}
