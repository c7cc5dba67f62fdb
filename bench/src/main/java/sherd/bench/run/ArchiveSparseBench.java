package sherd.bench.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.NodeMetrics;
import sherd.bench.side.ProcFs;
import sherd.bench.side.SherdNode;
import sherd.server.cli.NodeClient;

@Command(
        name = "archive-sparse",
        header = "Much archived text behind little memory: searches, keys and what the node takes.",
        description = {
            "Writes segments of real log lines, each followed by blanks so that they take little room, half in a log table and"
                    + " half in a record table, and serves them from a node with 256 MiB of memory and a heap of 128 MiB."
        })
public final class ArchiveSparseBench implements Callable<Integer> {
    private static final Metric P50 = Metric.drawn("p50", "ms", 2);
    private static final Metric P99 = Metric.drawn("p99", "ms", 2);
    private static final Metric RESIDENT = Metric.shown("resident", "MB", 0);
    private static final Metric OWN = Metric.drawn("resident, its own", "MB", 0);
    private static final Metric FILES = Metric.shown("resident, of files", "MB", 0);
    private static final Metric HEAP = Metric.shown("heap", "MB", 0);
    private static final Metric LIMITED = Metric.shown("within memory-limit", "MB", 0);
    private static final Metric MAPPINGS = Metric.shown("mapped segments", "", 0);
    private static final Metric START = Metric.shown("start", "ms", 0);

    private static final String SIDE = "sherd";
    private static final int MOST_SEGMENT_BYTES = 500_000_000;
    private static final String TABLE = "/api/v1/tables/logs/sparse/search?limit=10&q=";
    private static final String ROW = "/api/v1/tables/default/pages/rows/";

    @Option(names = "--gigabytes", description = "Of text (default: ${DEFAULT-VALUE}).")
    private double gigabytes = 50;

    @Option(names = "--segments", description = "At the least; default: as many as have 500 MB of text each.")
    private int wantedSegments;

    @Option(names = "--row-bytes", description = "Of text in a row (default: ${DEFAULT-VALUE}).")
    private int rowBytes = 8192;

    @Option(names = "--searches", description = "Of each kind (default: ${DEFAULT-VALUE}).")
    private int searches = 500;

    @Option(names = "--seed", description = "Of the choice of what to ask (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "archive-sparse",
                "Much text behind little memory",
                Map.of(
                        "gigabytes", Double.toString(gigabytes),
                        "segments", Integer.toString(wantedSegments),
                        "row-bytes", Integer.toString(rowBytes),
                        "searches", Integer.toString(searches),
                        "seed", Long.toString(seed)));
        long half = (long) (gigabytes * 1e9 / 2);
        int segments = (int) Math.max(2, Math.max(wantedSegments / 2, Math.ceilDiv(half, MOST_SEGMENT_BYTES)));
        int segmentRows = (int) (half / segments / rowBytes);
        long rows = (long) segments * segmentRows;
        try (var scratch = output.scratch()) {
            var folder = scratch.folder(SIDE);
            new SparseFolder(folder, LogText.find().lines(), rowBytes, segmentRows)
                    .build(segments, bytes -> output.progress(String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)));
            long stored = bytesUnder(folder);
            try (var node = SherdNode.start(
                            folder,
                            List.of("storage.memory-limit=256MiB", "archive.merge-width=0"),
                            List.of("-Xmx128m"));
                    var client = new NodeClient(URI.create("http://" + node.http()))) {
                report.add("after the start", SIDE, 0, START, node.readyNanos() / 1e6);
                memory(report, "after the start", node, folder);
                ask(report, client, rows, segments);
                memory(report, "after all searches", node, folder);
            }
            report.note(String.format(
                    Locale.ROOT,
                    "%.1f GB of text, sparse: %,d rows of %,d bytes, a real log line and blanks, in %d segments that take %.2f GB;"
                            + " half of the rows in a log table, an hour a segment, half in a record table. Settings:"
                            + " storage.memory-limit=256MiB, -Xmx128m. Asked over HTTP, %d times each, at random (seed %d).",
                    2.0 * rows * rowBytes / 1e9,
                    2 * rows,
                    rowBytes,
                    2 * segments,
                    stored / 1e9,
                    searches,
                    seed));
        }
        output.finish(report);
        return 0;
    }

    private void ask(Report report, NodeClient client, long rows, int segments) {
        var random = new Random(seed);
        measure(report, "a rare word", client, "\"total\":1,", _ -> TABLE + SparseFolder.word(random.nextLong(rows)));
        measure(report, "a word that is not there", client, "\"total\":0,", i -> TABLE + "absent" + i + "q");
        measure(
                report,
                "two words of one row",
                client,
                "\"total\":1,",
                _ -> TABLE + SparseFolder.word(random.nextLong(rows)) + "%20NOT%20absent");
        measure(report, "a number", client, "\"total\":1,", _ -> TABLE + "n:" + random.nextLong(rows));
        measure(report, "a word in one minute", client, "\"total\":", _ -> {
            long from = SparseFolder.FIRST_TIME + random.nextLong(segments * 60L) * 60_000;
            return TABLE + "error&from=" + from + "&to=" + (from + 60_000);
        });
        measure(report, "a key", client, "\"id\":", _ -> ROW + SparseFolder.key(random.nextLong(rows)));
        measure(report, "a key that is not there", client, "", i -> ROW + "nobody" + i);
    }

    private void measure(Report report, String work, NodeClient client, String wanted, IntFunction<String> path) {
        output.progress(work);
        var millis = new double[searches];
        for (int i = 0; i < searches; i++) {
            var asked = path.apply(i);
            long began = System.nanoTime();
            try {
                var answer = client.get(asked);
                millis[i] = (System.nanoTime() - began) / 1e6;
                if (!answer.body().replace(" ", "").contains(wanted)) {
                    throw new BenchException("not the answer that was expected: " + asked + " said " + answer.body());
                }
            } catch (IOException e) {
                throw new BenchException("the node did not answer: " + asked + ": " + e, e);
            }
        }
        Arrays.sort(millis);
        report.add(work, SIDE, 0, P50, millis[searches / 2]);
        report.add(work, SIDE, 0, P99, millis[Math.min(searches - 1, searches * 99 / 100)]);
    }

    private static void memory(Report report, String work, SherdNode node, Path folder) {
        var metrics = NodeMetrics.of(node);
        report.add(work, SIDE, 0, RESIDENT, ProcFs.residentBytes(node.pid()) / 1e6);
        report.add(work, SIDE, 0, OWN, ProcFs.anonymousBytes(node.pid()) / 1e6);
        report.add(work, SIDE, 0, FILES, ProcFs.residentFileBytes(node.pid()) / 1e6);
        report.add(work, SIDE, 0, HEAP, metrics.heapUsedBytes() / 1e6);
        report.add(work, SIDE, 0, LIMITED, metrics.sum("sherd_memory_used_bytes") / 1e6);
        report.add(work, SIDE, 0, MAPPINGS, (double) ProcFs.mappings(node.pid(), folder + "/segments/"));
    }

    private static long bytesUnder(Path folder) {
        try (var files = Files.walk(folder)) {
            long sum = 0;
            for (var file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        } catch (IOException e) {
            throw new BenchException("cannot look into " + folder + ": " + e, e);
        }
    }
}
