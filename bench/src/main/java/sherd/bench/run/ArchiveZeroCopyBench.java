package sherd.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Forked;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.disk.LocalDisk;

@Command(
        name = "archive-zerocopy",
        header = "A column of numbers out of a segment: mapped, in place, by readAllBytes, by a tar reader.",
        description = {
            "Adds up one column of a segment, each way in a JVM of its own, the file in the system's cache: once from"
                    + " opening the file on, with every checksum on the way, and then again with what stays open.",
            "The other two ways check nothing. What the system copied is rchar of /proc/PID/io; memory is the growth of"
                    + " the resident peak, which includes pages of a mapped file that the system shares and takes back."
        })
public final class ArchiveZeroCopyBench implements Callable<Integer> {
    private static final Metric FIRST = Metric.drawn("first value", "ms", 3);
    private static final Metric TIME = Metric.drawn("whole column", "ms", 2);
    private static final Metric COPIED = Metric.drawn("copied by the system", "MB", 2);
    private static final Metric ALLOCATED = Metric.shown("heap", "MB", 2);
    private static final Metric PEAK = Metric.shown("memory at its peak", "MB", 1);

    private static final Metric READ = Metric.shown("a read", "us", 2);

    private static final int SMALL_ROWS = 20_000;
    private static final List<String> HEAP = List.of("-Xmx2g");

    @Option(names = "--rows", description = "Of the segment (default: ${DEFAULT-VALUE}).")
    private int rows = 4_000_000;

    @Option(names = "--rounds", description = "JVMs of each way (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "archive-zerocopy",
                "A column of an archived segment",
                Map.of("rows", Integer.toString(rows), "rounds", Integer.toString(rounds)));
        var lines = LogText.find().lines();
        try (var scratch = output.scratch()) {
            var small = scratch.folder("small");
            var folder = scratch.folder("columns");
            var warmUp = ColumnFile.path(small, write(small, lines, SMALL_ROWS));
            output.progress("writing " + rows + " rows");
            var meta = write(folder, lines, rows);
            for (int round = 0; round < rounds; round++) {
                for (var way : ColumnReading.values()) {
                    measure(report, round, way, warmUp, ColumnFile.path(folder, meta));
                }
                output.progress("round " + (round + 1) + " of " + rounds);
            }
            report.note(String.format(
                    Locale.ROOT,
                    "A segment of %,d rows, %.1f MB: a time, a line of real logs, and two columns of numbers, one of which is"
                            + " added up (%.1f MB). The first reading by sherd checks every batch, text included; the others"
                            + " check nothing.",
                    meta.rows(),
                    meta.sizeBytes() / 1e6,
                    meta.rows() * 8 / 1e6));
        }
        output.finish(report);
        return 0;
    }

    private static SegmentMeta write(Path folder, List<byte[]> lines, int rows) {
        try {
            return ColumnFile.write(new LocalDisk(folder), lines, rows);
        } catch (IOException e) {
            throw new BenchException("cannot use the folder " + folder + ": " + e, e);
        }
    }

    private void measure(Report report, int round, ColumnReading way, Path small, Path file) {
        var printed = Forked.run(
                ColumnProcess.class,
                HEAP,
                List.of(
                        way.word(),
                        small.toString(),
                        Integer.toString(SMALL_ROWS),
                        file.toString(),
                        Integer.toString(rows)));
        var found = printed.strip().lines().toList();
        int line = found.size() - 2 - ColumnProcess.SIZES.size();
        add(report, "from opening on", way, round, found.get(line++));
        add(report, "again", way, round, found.get(line++));
        for (int bytes : ColumnProcess.SIZES) {
            double nanos = Double.parseDouble(found.get(line++));
            if (way.isSherd()) {
                var work = String.format(Locale.ROOT, "%,d bytes anywhere", bytes);
                report.add(work, way.word(), round, READ, nanos / 1e3);
            }
        }
    }

    private static void add(Report report, String work, ColumnReading way, int round, String line) {
        var found = ColumnProcess.Found.parse(line);
        report.add(work, way.word(), round, FIRST, found.firstNanos() / 1e6);
        report.add(work, way.word(), round, TIME, found.nanos() / 1e6);
        report.add(work, way.word(), round, COPIED, found.copied() / 1e6);
        report.add(work, way.word(), round, ALLOCATED, found.allocated() / 1e6);
        report.add(work, way.word(), round, PEAK, found.growth() / 1e6);
    }
}
