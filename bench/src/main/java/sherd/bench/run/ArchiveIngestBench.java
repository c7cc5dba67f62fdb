package sherd.bench.run;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.ProcFs;
import sherd.engine.Engine;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;

@Command(
        name = "archive-ingest",
        header = "Log lines into a table and on into indexed segments: MB/s of text, memory, and size on disk.",
        description = {
            "Appends real log lines to a log table, again and again with later times, and archives as it goes: commit log,"
                    + " rows in memory, index, compression, segments, merges. For one core, run it under taskset:"
                    + " taskset -c 1 ./sherd bench archive-ingest. The rate by CPU time is that of one core either way.",
            "The memory figures are of this process, heap included, after a tenth of the text and at the end."
        })
public final class ArchiveIngestBench implements Callable<Integer> {
    private static final Metric WALL = Metric.drawn("text", "MB/s", 1);
    private static final Metric CPU = Metric.drawn("text by CPU time", "MB/s", 1);
    private static final Metric EARLY = Metric.shown("memory early", "MB", 0);
    private static final Metric LATE = Metric.shown("memory late", "MB", 0);
    private static final Metric SEGMENTS = Metric.shown("segments", "", 0);
    private static final Metric SIZE = Metric.shown("segments by text", "", 3);

    private static final TableName NAME = TableName.parse("logs.app");
    private static final int BATCH_ROWS = 512;
    private static final long ARCHIVE_BYTES = 64L << 20;
    private static final long MEMORY = 512L << 20;
    private static final long FIRST_TIME = 1_700_000_000_000L;

    @Option(names = "--megabytes", description = "Of text (default: ${DEFAULT-VALUE}).")
    private long megabytes = 1000;

    @Option(names = "--rounds", description = "Each on a new folder (default: ${DEFAULT-VALUE}).")
    private int rounds = 1;

    @Option(names = "--merge-width", description = "As archive.merge-width (default: ${DEFAULT-VALUE}).")
    private int mergeWidth = 8;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        long wanted = megabytes * 1_000_000;
        var lines = LogText.find().lines();
        var report = new Report(
                "archive-ingest",
                "Log lines into segments",
                Map.of(
                        "megabytes", Long.toString(megabytes),
                        "rounds", Integer.toString(rounds),
                        "merge-width", Integer.toString(mergeWidth)));
        try (var scratch = output.scratch()) {
            for (int round = 0; round < rounds; round++) {
                measure(report, round, lines, wanted, scratch.folder("archive"));
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

    private void measure(Report report, int round, List<byte[]> lines, long wanted, Path folder) {
        try (var engine = LogEngine.open(folder, MEMORY, mergeWidth)) {
            engine.createTable(TableDefinition.lines(NAME, 4, ArchiveSettings.DEFAULT));
            var table = engine.requireTable(NAME);
            long pid = ProcessHandle.current().pid();
            long cpu = ProcFs.cpuMicros(pid);
            long began = System.nanoTime();
            long text = 0;
            long archived = 0;
            long early = 0;
            int next = 0;
            long time = FIRST_TIME;
            while (text < wanted) {
                try (var batch = engine.newBatch(table)) {
                    for (int i = 0; i < BATCH_ROWS; i++, next++) {
                        var line = lines.get(next % lines.size());
                        batch.startRow();
                        batch.putLong(0, time++);
                        batch.putBytes(1, line, 0, line.length);
                        batch.endRow();
                        text += line.length + 1;
                    }
                    if (engine.log().congested()) {
                        engine.log().sync();
                    }
                    engine.append(table, batch);
                }
                if (text - archived >= ARCHIVE_BYTES || text >= wanted) {
                    engine.archive(table, 0);
                    archived = text;
                    early = early == 0 && text >= wanted / 10 ? ProcFs.anonymousBytes(pid) : early;
                    output.progress(String.format(
                            Locale.ROOT,
                            "round %d: %,d MB of text, %.1f MB/s, memory %d MB",
                            round + 1,
                            text / 1_000_000,
                            text / 1e3 / ((System.nanoTime() - began) / 1e6),
                            ProcFs.anonymousBytes(pid) / 1_000_000));
                }
            }
            var side = "sherd";
            var work = "log lines";
            report.add(work, side, round, WALL, text / 1e6 / ((System.nanoTime() - began) / 1e9));
            report.add(work, side, round, CPU, (double) text / (ProcFs.cpuMicros(pid) - cpu));
            report.add(work, side, round, EARLY, early / 1e6);
            report.add(work, side, round, LATE, ProcFs.anonymousBytes(pid) / 1e6);
            report(report, work, round, engine, table, text);
        }
    }

    private static void report(Report report, String work, int round, Engine engine, ShardedTable table, long text) {
        var status = engine.status(table);
        report.add(work, "sherd", round, SEGMENTS, status.segments().size());
        report.add(work, "sherd", round, SIZE, (double) status.archivedBytes() / text);
    }
}
