package sherd.bench.run;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.ProcFs;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;

@Command(
        name = "archive-ingest",
        header = "Log lines into a table and on into indexed segments: MB/s of text, memory, and size on disk.",
        description = {
            "Appends real log lines to a log table, again and again with later times, and archives as it goes: commit log,"
                    + " rows in memory, index, compression, segments, merges. For one core, run it under taskset:"
                    + " taskset -c 1 ./sherd bench archive-ingest. The rate by CPU time is that of one core either way;"
                    + " it counts merges until there are none left to do, the other rate does not wait for them.",
            "The memory figures are of this process, heap included, after each tenth of the text: the first, the most and"
                    + " the last."
        })
public final class ArchiveIngestBench implements Callable<Integer> {
    private static final Metric WALL = Metric.drawn("text", "MB/s", 1);
    private static final Metric CPU = Metric.drawn("text by CPU time", "MB/s", 1);
    private static final Metric EARLY = Metric.shown("memory early", "MB", 0);
    private static final Metric MOST = Metric.shown("memory at most", "MB", 0);
    private static final Metric LATE = Metric.shown("memory late", "MB", 0);
    private static final Metric SEGMENTS = Metric.shown("segments", "", 0);
    private static final Metric SIZE = Metric.shown("segments by text", "", 3);

    private static final TableName NAME = TableName.parse("logs.app");
    private static final String WORK = "log lines";
    private static final String ARCHIVED = "archived";
    private static final String MERGED = "archived and merged";
    private static final int STEPS = 10;
    private static final long ARCHIVE_BYTES = 64L << 20;
    private static final long MEMORY = 512L << 20;
    /** Nothing is merged any more if the process takes less than a tenth of a core for so many steps of so long. */
    private static final int CALM_STEPS = 12;

    private static final long CALM_MILLIS = 100;
    private static final long FIRST_TIME = 1_700_000_000_000L;

    @Option(names = "--megabytes", description = "Of text (default: ${DEFAULT-VALUE}).")
    private long megabytes = 1000;

    @Option(names = "--rounds", description = "Each on a new folder (default: ${DEFAULT-VALUE}).")
    private int rounds = 1;

    @Option(
            names = "--merge-width",
            split = ",",
            description = "As archive.merge-width, one side each; 0 merges nothing (default: ${DEFAULT-VALUE}).")
    private List<Integer> mergeWidths = List.of(0, 8);

    @Mixin
    private Output output = new Output();

    private final long pid = ProcessHandle.current().pid();

    @Override
    public Integer call() {
        var lines = LogText.find().lines();
        var report = new Report(
                "archive-ingest",
                "Log lines into segments",
                Map.of(
                        "megabytes", Long.toString(megabytes),
                        "rounds", Integer.toString(rounds),
                        "merge-width", mergeWidths.toString()));
        try (var scratch = output.scratch()) {
            for (int round = 0; round < rounds; round++) {
                for (int width : mergeWidths) {
                    measure(report, round, lines, width, scratch.folder("archive"));
                }
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "%,d lines of real logs, %.1f MB, replayed with later times up to %,d MB; archived every %d MiB; %d processors.",
                lines.size(),
                bytes(lines) / 1e6,
                megabytes,
                ARCHIVE_BYTES >> 20,
                Runtime.getRuntime().availableProcessors()));
        report.note(String.format(
                Locale.ROOT, "The same lines once through zstd -3 as one run: %.3f of their size.", atOnce(lines)));
        output.finish(report);
        return 0;
    }

    private static long bytes(List<byte[]> lines) {
        return lines.stream().mapToLong(line -> line.length + 1L).sum();
    }

    private static double atOnce(List<byte[]> lines) {
        var whole = new ByteArrayOutputStream();
        for (var line : lines) {
            whole.writeBytes(line);
            whole.write('\n');
        }
        return (double) Zstd.compress(whole.toByteArray(), 3).length / whole.size();
    }

    private void measure(Report report, int round, List<byte[]> lines, int width, Path folder) {
        var side = width == 0 ? ARCHIVED : MERGED;
        long wanted = megabytes * 1_000_000;
        try (var engine = LogEngine.open(folder, MEMORY, width)) {
            engine.createTable(TableDefinition.lines(NAME, 4, ArchiveSettings.DEFAULT));
            var table = engine.requireTable(NAME);
            long cpu = ProcFs.cpuMicros(pid);
            long began = System.nanoTime();
            var memory = new ArrayList<Long>();
            long text = 0;
            long next = 0;
            for (int step = 1; step <= STEPS; step++) {
                while (text < wanted * step / STEPS) {
                    long archived = text;
                    try (var appending = new Appending(engine, table)) {
                        for (; text - archived < ARCHIVE_BYTES && text < wanted; next++) {
                            var line = lines.get((int) (next % lines.size()));
                            appending.add(FIRST_TIME + next, line);
                            text += line.length + 1;
                        }
                    }
                    engine.archive(table, 0);
                }
                memory.add(ProcFs.anonymousBytes(pid));
                output.progress(String.format(
                        Locale.ROOT,
                        "%s: %,d MB of text, %.1f MB/s by CPU time, memory %d MB; of the engine's: %s",
                        side,
                        text / 1_000_000,
                        (double) text / (ProcFs.cpuMicros(pid) - cpu),
                        memory.getLast() / 1_000_000,
                        purposes(engine.memory())));
            }
            report.add(WORK, side, round, WALL, text / 1e6 / ((System.nanoTime() - began) / 1e9));
            awaitMerges();
            report.add(WORK, side, round, CPU, (double) text / (ProcFs.cpuMicros(pid) - cpu));
            report.add(WORK, side, round, EARLY, memory.getFirst() / 1e6);
            report.add(WORK, side, round, MOST, Collections.max(memory) / 1e6);
            report.add(WORK, side, round, LATE, memory.getLast() / 1e6);
            var status = engine.status(table);
            report.add(WORK, side, round, SEGMENTS, status.segments().size());
            report.add(WORK, side, round, SIZE, (double) status.archivedBytes() / text);
        }
    }

    /** Merges lag behind as they may; what they are to do for this text counts, so they are waited for. */
    private void awaitMerges() {
        for (int calm = 0; calm < CALM_STEPS; ) {
            long before = ProcFs.cpuMicros(pid);
            Pause.millis(CALM_MILLIS);
            calm = ProcFs.cpuMicros(pid) - before < CALM_MILLIS * 1000 / 10 ? calm + 1 : 0;
        }
    }

    private static String purposes(MemoryBudget memory) {
        return Arrays.stream(MemoryBudget.Purpose.values())
                .filter(purpose -> memory.usedBytes(purpose) >= 1_000_000)
                .map(purpose -> purpose.name().toLowerCase(Locale.ROOT) + " " + memory.usedBytes(purpose) / 1_000_000)
                .collect(Collectors.joining(", "));
    }
}
