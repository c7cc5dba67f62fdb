package sherd.bench.run;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.engine.Engine;
import sherd.engine.SearchRequest;
import sherd.engine.SearchResult;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;

@Command(
        name = "archive-search",
        header = "Latency of searches over many segments: rare words, two words, an hour, words that are nowhere.",
        description = {
            "Archives real log lines, replayed with later times and new identifiers, into as many segments as asked for,"
                    + " one an hour, and searches them in this process. What warms up asks for other words than what is"
                    + " measured: files are in the page cache and code is compiled, but the blocks of rows are opened anew."
        })
public final class ArchiveSearchBench implements Callable<Integer> {
    private static final Metric P50 = Metric.drawn("p50", "us", 0);
    private static final Metric P99 = Metric.drawn("p99", "us", 0);
    private static final Metric CPU = Metric.shown("CPU time", "us", 0);
    private static final Metric ASKED_FOR = Metric.shown("queries", "", 0);
    private static final Metric HITS = Metric.shown("rows found", "", 1);
    private static final Metric ASKED = Metric.shown("segments asked", "", 2);
    private static final Metric READS = Metric.shown("blocks read", "", 3);
    private static final Metric ALLOCATED = Metric.shown("allocated", "kB", 1);

    private static final TableName NAME = TableName.parse("logs.app");
    private static final String COUNTED = "with total";
    private static final String NEWEST = "newest only";
    private static final int WARM_UP = 2;
    private static final long HOUR = 3_600_000;
    private static final long DEADLINE_MILLIS = 30_000;
    private static final long MOST_NANOS = 2_000_000_000;

    @Option(names = "--rows", description = "In all (default: ${DEFAULT-VALUE}).")
    private long rows = 10_000_000;

    @Option(names = "--segments", description = "Of an hour each (default: ${DEFAULT-VALUE}).")
    private int segments = 100;

    @Option(names = "--queries", description = "Of each kind in each round (default: ${DEFAULT-VALUE}).")
    private int queries = 500;

    @Option(names = "--rounds", description = "Each with other words (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--limit", description = "Rows in an answer (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Option(names = "--memory", paramLabel = "MIB", description = "As memory-limit (default: ${DEFAULT-VALUE}).")
    private long memoryMib = 512;

    @Option(names = "--seed", description = "Of the choice of words (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--folder", paramLabel = "DIR", description = "Keeps the segments there, and takes those it finds.")
    private @Nullable Path folder;

    @Mixin
    private Output output = new Output();

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @Override
    public Integer call() {
        var lines = LogText.find().lines();
        var log = new ReplayedLog(lines, true, (double) HOUR * segments / rows);
        var report = new Report(
                "archive-search",
                "Searches over many segments",
                Map.of(
                        "rows", Long.toString(rows),
                        "segments", Integer.toString(segments),
                        "queries", Integer.toString(queries),
                        "rounds", Integer.toString(rounds),
                        "limit", Integer.toString(limit),
                        "memory", Long.toString(memoryMib),
                        "seed", Long.toString(seed)));
        try (var scratch = output.scratch();
                var engine = LogEngine.open(folder == null ? scratch.folder("archive") : folder, memoryMib << 20, 0)) {
            engine.createTable(TableDefinition.lines(NAME, 4, ArchiveSettings.DEFAULT));
            var table = engine.requireTable(NAME);
            long there = engine.status(table).segments().stream()
                    .mapToLong(segment -> segment.rows())
                    .sum();
            if (there != 0 && there != rows) {
                throw new BenchException("there are other rows in " + folder + ": rows=" + there
                        + "; give another --folder or remove it");
            }
            if (there == 0) {
                fill(engine, table, log);
            }
            var words = new SearchWords(log, lines.size(), rows, seed);
            var kinds = kinds(log, words);
            for (int round = -WARM_UP; round < rounds; round++) {
                output.progress(round < 0 ? "warming up" : "round " + (round + 1) + " of " + rounds);
                for (var kind : kinds.entrySet()) {
                    measure(round < 0 ? null : report, engine, table, round, kind);
                }
            }
            var status = engine.status(table);
            report.note(String.format(
                    Locale.ROOT,
                    "%,d rows in %d segments: %,d lines of real logs (%.1f MB) replayed with later times"
                            + " and new identifiers; %,.0f MB on disk. Up to %d random queries of a kind in a round, for two seconds at the most; %d rows in an"
                            + " answer, memory limit %d MiB, in process. CPU time and what is allocated are those of the"
                            + " process, JIT compiler and collector included; a search with total that takes long is"
                            + " shared by both processors. A word of an hour that more segments than one are asked for ends the run.",
                    rows,
                    status.segments().size(),
                    lines.size(),
                    lines.stream().mapToLong(line -> line.length + 1L).sum() / 1e6,
                    status.archivedBytes() / 1e6,
                    queries,
                    limit,
                    memoryMib));
        }
        output.finish(report);
        return 0;
    }

    private void fill(Engine engine, ShardedTable table, ReplayedLog log) {
        int made = 0;
        for (long row = 0; row < rows; ) {
            long end = made == segments - 1 ? rows : rows / segments * (made + 1);
            try (var lines = new Appending(engine, table)) {
                for (; row < end; row++) {
                    lines.add(log.time(row), log.line(row));
                }
            }
            engine.archive(table, 0);
            if (++made % 20 == 0) {
                output.progress(made + " of " + segments + " segments made");
            }
        }
    }

    /** What is asked, each time another. */
    private record Kind(Function<Boolean, SearchRequest> next, boolean inOneSegment) {}

    private Map<String, Kind> kinds(ReplayedLog log, SearchWords words) {
        var kinds = new LinkedHashMap<String, Kind>();
        kinds.put("rare word: in 1 to 10 rows", kind(() -> words.rare().words().getFirst()));
        kinds.put("word in a row of each replay", kind(words::onceAReplay));
        kinds.put("rare word AND one of its row", kind(() -> and(words.rareAndOther())));
        kinds.put("two words of a row", kind(() -> and(words.two())));
        kinds.put(
                "a word of a row, within its hour",
                new Kind(
                        counted -> {
                            var pick = words.two();
                            long hour = (log.time(pick.row()) - log.time(0)) / HOUR * HOUR + log.time(0);
                            return request(pick.words().getFirst(), hour, hour + HOUR, counted);
                        },
                        true));
        kinds.put("word that is nowhere", kind(words::absent));
        return kinds;
    }

    private static String and(SearchWords.Pick pick) {
        return String.join(" ", pick.words());
    }

    private Kind kind(Supplier<String> query) {
        return new Kind(counted -> request(query.get(), Long.MIN_VALUE, Long.MAX_VALUE, counted), false);
    }

    private SearchRequest request(String query, long from, long to, boolean counted) {
        var request = new SearchRequest(query, from, to, limit, false, DEADLINE_MILLIS);
        return counted ? request : request.notCounting();
    }

    private void measure(
            @Nullable Report report, Engine engine, ShardedTable table, int round, Map.Entry<String, Kind> kind) {
        for (var side : List.of(COUNTED, NEWEST)) {
            var requests = new ArrayList<SearchRequest>();
            for (int i = 0; i < queries; i++) {
                requests.add(kind.getValue().next().apply(side.equals(COUNTED)));
            }
            var micros = new double[queries];
            int done = 0;
            long reads = 0;
            long found = 0;
            long asked = 0;
            long started = System.nanoTime();
            long onCpu = system.getProcessCpuTime();
            long allocated = threads.getTotalThreadAllocatedBytes();
            while (done < queries && System.nanoTime() - started < MOST_NANOS) {
                long began = System.nanoTime();
                var result = engine.search(table, requests.get(done));
                micros[done++] = (System.nanoTime() - began) / 1e3;
                reads += result.stats().blocksRead();
                found += result.hits().size();
                asked += asked(result);
            }
            allocated = threads.getTotalThreadAllocatedBytes() - allocated;
            onCpu = system.getProcessCpuTime() - onCpu;
            if (kind.getValue().inOneSegment() && asked > done) {
                throw new BenchException("segments of other hours were asked: " + asked + " for " + done);
            }
            if (report != null) {
                Arrays.sort(micros, 0, done);
                report.add(kind.getKey(), side, round, P50, micros[done / 2]);
                report.add(kind.getKey(), side, round, P99, micros[Math.min(done - 1, done * 99 / 100)]);
                report.add(kind.getKey(), side, round, CPU, onCpu / 1e3 / done);
                report.add(kind.getKey(), side, round, ASKED_FOR, done);
                report.add(kind.getKey(), side, round, HITS, (double) found / done);
                report.add(kind.getKey(), side, round, ASKED, (double) asked / done);
                report.add(kind.getKey(), side, round, READS, (double) reads / done);
                report.add(kind.getKey(), side, round, ALLOCATED, allocated / 1e3 / done);
            }
        }
    }

    private static int asked(SearchResult result) {
        return result.stats().segments() - result.stats().pruned();
    }
}
