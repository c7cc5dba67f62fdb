package sherd.bench.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.frame.Scratch;
import sherd.bench.side.LuceneIndex;
import sherd.bench.side.ProcFs;
import sherd.engine.Engine;
import sherd.engine.SearchRequest;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.table.LogSegment;
import sherd.engine.table.SegmentSchema;
import sherd.engine.time.SystemClock;

@Command(
        name = "archive-lucene",
        header = "One segment beside one index of Apache Lucene and beside zstdgrep: size, building, a rare word.",
        description = {
            "The same rows and terms on both sides, each merged into one. Lucene stores text with its best compression and"
                    + " keeps which rows have a term, and on another side positions too, without which it has no phrases.",
            "zstdgrep is in Debian's package zstd (apt-get install zstd); without it that side is left out."
        })
public final class ArchiveLuceneBench implements Callable<Integer> {
    private static final Metric SIZE = Metric.drawn("size", "MB", 2);
    private static final Metric WALL = Metric.drawn("text", "MB/s", 1);
    private static final Metric CPU = Metric.shown("text by CPU time", "MB/s", 1);
    private static final Metric P50 = Metric.drawn("p50", "us", 0);
    private static final Metric P99 = Metric.drawn("p99", "us", 0);

    private static final TableName NAME = TableName.parse("logs.app");
    private static final String SHERD = "sherd";
    private static final String LUCENE = "lucene";
    private static final String POSITIONS = "lucene with positions";
    private static final String ZSTDGREP = "zstdgrep";
    private static final String DISK = "index and data";
    private static final String BUILD = "building one";
    private static final String STORED = "stored, archived in eight, merged into one";
    private static final String RARE = "rare word, with its rows";
    private static final int PARTS = 8;
    private static final int ROWS_AT_ONCE = 50_000;
    private static final int LINE = 1;
    private static final long MEMORY = 512L << 20;

    @Option(names = "--rows", description = "In all (default: ${DEFAULT-VALUE}).")
    private long rows = 1_000_000;

    @Option(names = "--rounds", description = "Each builds all anew (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--queries", description = "In each round (default: ${DEFAULT-VALUE}).")
    private int queries = 2000;

    @Option(names = "--greps", description = "In each round (default: ${DEFAULT-VALUE}).")
    private int greps = 3;

    @Option(names = "--limit", description = "Rows in an answer (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Option(names = "--seed", description = "Of the choice of words (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--alike", description = "All replays are alike, identifiers too.")
    private boolean alike;

    @Mixin
    private Output output = new Output();

    private @Nullable Path packed;

    private final long pid = ProcessHandle.current().pid();

    @Override
    public Integer call() {
        var lines = LogText.find().lines();
        var log = new ReplayedLog(lines, !alike, 1);
        var words = new SearchWords(log, lines.size(), rows, seed);
        var report = new Report(
                "archive-lucene",
                "One segment beside Apache Lucene",
                Map.of(
                        "rows", Long.toString(rows),
                        "rounds", Integer.toString(rounds),
                        "queries", Integer.toString(queries),
                        "limit", Integer.toString(limit),
                        "alike", Boolean.toString(alike),
                        "seed", Long.toString(seed)));
        long text = 0;
        for (long row = 0; row < rows; row++) {
            text += log.line(row).length + 1;
        }
        try (var scratch = output.scratch()) {
            packed = pack(scratch.folder("text"), log);
            for (int round = 0; round < rounds; round++) {
                output.progress("round " + (round + 1) + " of " + rounds);
                run(report, round, scratch, log, text, words);
            }
        } catch (IOException e) {
            throw new BenchException("cannot read or write: " + e, e);
        }
        report.note(String.format(
                Locale.ROOT,
                "%,d rows, %.0f MB of text: %,d lines of real logs replayed with later times%s. %d rare words a round, each in"
                        + " up to ten rows of %s, with total and the newest %d rows; the first quarter warms up. zstdgrep -c -w"
                        + " reads the same text after zstd -3, a process a word.",
                rows,
                text / 1e6,
                lines.size(),
                alike ? "" : " and new identifiers",
                queries,
                alike ? "a replay" : "all",
                limit));
        output.finish(report);
        return 0;
    }

    private void run(Report report, int round, Scratch scratch, ReplayedLog log, long text, SearchWords words)
            throws IOException {
        var asked = new ArrayList<String>();
        for (int i = 0; i < queries; i++) {
            asked.add(words.rare().words().getFirst());
        }
        try (var engine = LogEngine.open(scratch.folder("sherd"), MEMORY, PARTS)) {
            engine.createTable(TableDefinition.lines(NAME, 4, ArchiveSettings.DEFAULT));
            var table = engine.requireTable(NAME);
            write(report, round, scratch.folder("segment"), table.definition(), log, text);
            var timed = new Timed(text);
            fill(timed, engine, table, log);
            timed.report(report, STORED, SHERD, round);
            report.add(DISK, SHERD, round, SIZE, engine.status(table).archivedBytes() / 1e6);
            try (var plain = lucene(report, round, scratch.folder("lucene"), log, text, false);
                    var positions = lucene(report, round, scratch.folder("positions"), log, text, true)) {
                ask(report, round, engine, table, plain, positions, asked);
            }
        }
    }

    private void ask(
            Report report,
            int round,
            Engine engine,
            ShardedTable table,
            LuceneIndex plain,
            LuceneIndex positions,
            List<String> asked)
            throws IOException {
        var totals = new long[queries];
        measure(report, SHERD, round, asked, (i, word) -> {
            var found = engine.search(table, SearchRequest.of(word, limit));
            totals[i] = found.total();
            if (found.hits().size() != Math.min(limit, found.total())) {
                throw new BenchException("rows are missing for " + word);
            }
        });
        measure(report, LUCENE, round, asked, (i, word) -> check(word, totals[i], plain));
        measure(report, POSITIONS, round, asked, (i, word) -> check(word, totals[i], positions));
        grep(report, round, asked, totals);
    }

    private void check(String word, long total, LuceneIndex lucene) throws IOException {
        var found = lucene.search(word, limit);
        if (found.total() != total || found.lines().size() != Math.min(limit, total)) {
            throw new BenchException("sherd and lucene disagree: word=" + word + " sherd=" + total + " lucene="
                    + found.total() + " lines=" + found.lines().size());
        }
    }

    /** Time and CPU time of this process while it runs. */
    private final class Timed {
        private final long text;
        private long nanos;
        private long cpu;
        private long began;
        private long cpuThen;

        Timed(long text) {
            this.text = text;
            start();
        }

        void start() {
            began = System.nanoTime();
            cpuThen = ProcFs.cpuMicros(pid);
        }

        void stop() {
            nanos += System.nanoTime() - began;
            cpu += ProcFs.cpuMicros(pid) - cpuThen;
        }

        void report(Report report, String work, String side, int round) {
            stop();
            report.add(work, side, round, WALL, text / 1e6 / (nanos / 1e9));
            report.add(work, side, round, CPU, (double) text / cpu);
        }
    }

    private interface Taker {
        void take(long row, byte[] line) throws IOException;
    }

    /** Shows lines; what it takes to make them up is not timed. */
    private static void feed(Timed timed, ReplayedLog log, long from, long to, Taker taker) throws IOException {
        var lines = new ArrayList<byte[]>();
        for (long row = from; row < to; row += lines.size()) {
            timed.stop();
            lines.clear();
            for (long next = row; next < Math.min(to, row + ROWS_AT_ONCE); next++) {
                lines.add(log.line(next));
            }
            timed.start();
            for (int i = 0; i < lines.size(); i++) {
                taker.take(row + i, lines.get(i));
            }
        }
    }

    /** As a merge writes it; neither this nor Lucene has a log to write, or rows in memory. */
    private void write(Report report, int round, Path folder, TableDefinition definition, ReplayedLog log, long text)
            throws IOException {
        var schema = new SegmentSchema(definition);
        var rowsOf = new LogSegment(definition);
        var spec = new SegmentSpec(
                "arc-20261126-001", "", NAME, schema.columns(), schema.time(), schema.key(), Compression.SMALL);
        var budget = new MemoryBudget(MEMORY);
        var timed = new Timed(text);
        try (var writer = SegmentWriter.create(new LocalDisk(folder), spec, new SystemClock(), budget)) {
            feed(timed, log, 0, rows, (row, line) -> {
                writer.putLong(schema.time(), log.time(row));
                writer.putBytes(LINE, line, 0, line.length);
                writer.putLong(schema.shard(), 0);
                rowsOf.end(writer, row);
            });
            writer.seal();
        }
        timed.report(report, BUILD, SHERD, round);
    }

    private void fill(Timed timed, Engine engine, ShardedTable table, ReplayedLog log) throws IOException {
        for (int part = 0; part < PARTS; part++) {
            try (var batch = new Appending(engine, table)) {
                feed(
                        timed,
                        log,
                        rows * part / PARTS,
                        rows * (part + 1) / PARTS,
                        (row, line) -> batch.add(log.time(row), line));
            }
            engine.archive(table, 0);
        }
        engine.merge(table);
        int segments = engine.status(table).segments().size();
        if (segments != 1) {
            throw new BenchException("not one segment: " + segments);
        }
    }

    private LuceneIndex lucene(Report report, int round, Path folder, ReplayedLog log, long text, boolean positions)
            throws IOException {
        var side = positions ? POSITIONS : LUCENE;
        var timed = new Timed(text);
        LuceneIndex index;
        try (var builder = new LuceneIndex.Builder(folder, positions)) {
            feed(timed, log, 0, rows, (row, line) -> builder.add(log.time(row), line));
            index = builder.finish();
        }
        timed.report(report, BUILD, side, round);
        try (var files = Files.list(folder)) {
            long size = 0;
            for (var file : files.toList()) {
                size += Files.size(file);
            }
            report.add(DISK, side, round, SIZE, size / 1e6);
        }
        return index;
    }

    private interface Search {
        void ask(int number, String word) throws IOException;
    }

    private static void measure(Report report, String side, int round, List<String> words, Search search)
            throws IOException {
        int warm = words.size() / 4;
        var micros = new double[words.size() - warm];
        for (int i = 0; i < words.size(); i++) {
            long began = System.nanoTime();
            search.ask(i, words.get(i));
            if (i >= warm) {
                micros[i - warm] = (System.nanoTime() - began) / 1e3;
            }
        }
        Arrays.sort(micros);
        report.add(RARE, side, round, P50, micros[micros.length / 2]);
        report.add(RARE, side, round, P99, micros[Math.min(micros.length - 1, micros.length * 99 / 100)]);
    }

    /** The text after zstd -3; null without zstd. */
    private @Nullable Path pack(Path folder, ReplayedLog log) throws IOException {
        if (run(null, "sh", "-c", "command -v zstdgrep && command -v zstd") != 0) {
            output.progress("no zstdgrep here, so that side is left out; apt-get install zstd brings it");
            return null;
        }
        var plain = folder.resolve("text.log");
        try (var out = new BufferedOutputStream(Files.newOutputStream(plain))) {
            for (long row = 0; row < rows; row++) {
                out.write(log.line(row));
                out.write('\n');
            }
        }
        var packed = folder.resolve("text.log.zst");
        run(null, "zstd", "-q", "-3", plain.toString(), "-o", packed.toString());
        Files.delete(plain);
        return packed;
    }

    private void grep(Report report, int round, List<String> words, long[] totals) throws IOException {
        var packed = this.packed;
        if (packed == null) {
            return;
        }
        report.add(DISK, ZSTDGREP, round, SIZE, Files.size(packed) / 1e6);
        var micros = new double[greps];
        var answer = packed.resolveSibling("answer");
        for (int i = 0; i < greps; i++) {
            long began = System.nanoTime();
            run(answer, "zstdgrep", "-c", "-w", "-i", "-a", words.get(i), packed.toString());
            micros[i] = (System.nanoTime() - began) / 1e3;
            if (Long.parseLong(Files.readString(answer).strip()) != totals[i]) {
                throw new BenchException("sherd and zstdgrep disagree: word=" + words.get(i) + " sherd=" + totals[i]
                        + " zstdgrep=" + Files.readString(answer).strip());
            }
        }
        Arrays.sort(micros);
        report.add(RARE, ZSTDGREP, round, P50, micros[greps / 2]);
    }

    private static int run(@Nullable Path answer, String... command) {
        try {
            var builder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(
                            answer == null
                                    ? ProcessBuilder.Redirect.DISCARD
                                    : ProcessBuilder.Redirect.to(answer.toFile()));
            builder.environment().put("LC_ALL", "C");
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new BenchException("cannot run " + command[0] + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
