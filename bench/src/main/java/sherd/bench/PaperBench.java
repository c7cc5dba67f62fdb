package sherd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;

@Command(
        name = "paper",
        description = "The figures of the document that Sherd implements, with Sherd's own beside them.")
final class PaperBench implements Callable<Integer> {
    private static final String BUFFERS = "buffers --tests get --rounds 3 --seconds 2";
    private static final String POOL = "pool --rounds 3";
    private static final String ARRAYS = "arrays --rounds 1";
    private static final String INDEX = "index";
    private static final String COLD = "search --rounds 1 --words 100";

    /**
     * A line of the document.
     *
     * @param document what it says, measured in Go on other machines
     * @param run the benchmark that measures the same here, with its options; empty if there is none
     * @param ours what its report says of it
     */
    private record Line(String chapter, String what, String document, String run, Function<Report, String> ours) {}

    private static final List<Line> LINES = List.of(
            new Line(
                    "1",
                    "requests served from fixed buffers, beside allocated ones",
                    "+23 % (87k to 107k a second, one core)",
                    BUFFERS,
                    report -> ratios(report, "throughput")),
            new Line(
                    "1", "collections in that", "no allocation to scan", BUFFERS, report -> all(report, "collections")),
            new Line(
                    "2",
                    "shard keys: one, compound, by time",
                    "68/89/73 % cache hits, 42/9/35 % JOINs across shards, 1.0/1.3/2.1 written",
                    "",
                    report -> ""),
            new Line("3", "index by delta and VarInt", "-63 %", INDEX, report -> ratios(report, "size")),
            new Line(
                    "4",
                    "cold rows (there from another node, here of this node)",
                    "15 to 40 ms, 320 MB/s",
                    COLD,
                    report -> "archived p50 " + one(report, "archived", "p50") + ", p99 "
                            + one(report, "archived", "p99")),
            new Line(
                    "4",
                    "struct of arrays beside array of structs",
                    "3.8x fewer L1d misses",
                    ARRAYS,
                    report -> ratios(report, "speed")),
            new Line(
                    "4",
                    "100,000 buffers of 128 bytes from a pool",
                    "18.2 to 3.1 ms",
                    POOL,
                    report -> all(report, "time")),
            new Line("4", "collections in that", "12 to 0", POOL, report -> all(report, "collections")));

    @Option(names = "--only", split = ",", description = "Benchmarks to run, by name; the others' lines stay empty.")
    private List<String> only = List.of();

    private final Output output = new Output();

    /** Each benchmark prints its own table first. */
    @Override
    public Integer call() {
        var reports = new LinkedHashMap<String, Report>();
        var missing = new LinkedHashMap<String, String>();
        try (var scratch = output.scratch()) {
            for (var line : LINES) {
                if (!reports.containsKey(line.run()) && !missing.containsKey(line.run())) {
                    run(line.run(), scratch.folder("paper"), reports, missing);
                }
            }
        }
        System.out.println();
        System.out.println("| chapter | figure | document | here | by |");
        System.out.println("|---|---|---|---|---|");
        for (var line : LINES) {
            var report = reports.get(line.run());
            var here = report == null
                    ? missing.getOrDefault(line.run(), "")
                    : line.ours().apply(report);
            System.out.printf(
                    "| %s | %s | %s | %s | %s |%n",
                    line.chapter(),
                    line.what(),
                    line.document(),
                    here,
                    line.run().isEmpty() ? "" : "`bench " + line.run() + "`");
        }
        return 0;
    }

    private void run(String run, Path folder, Map<String, Report> reports, Map<String, String> missing) {
        var words = new ArrayList<>(Stream.of(run.split(" ", -1)).toList());
        if (run.isEmpty() || !Main.has(words.getFirst())) {
            missing.put(run, "not built");
            return;
        }
        if (!only.isEmpty() && !only.contains(words.getFirst())) {
            missing.put(run, "not run");
            return;
        }
        System.out.println();
        System.out.println("## sherd bench " + run);
        System.out.println();
        words.addAll(List.of("--out", folder.toString()));
        if (Main.run(words.toArray(String[]::new)) != 0) {
            missing.put(run, "failed");
            return;
        }
        reports.put(run, read(folder));
    }

    private static Report read(Path folder) {
        try (var files = Files.list(folder)) {
            return Report.read(files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow(() -> new BenchException("the benchmark kept no figures in " + folder)));
        } catch (IOException e) {
            throw new BenchException("cannot read what a benchmark kept: " + e, e);
        }
    }

    /** The first side against each other one, in the first work that has the metric. */
    private static String ratios(Report report, String metric) {
        for (var work : report.works()) {
            var first = report.sides().getFirst();
            var text = report.sides().stream()
                    .skip(1)
                    .flatMap(side -> report.ratio(work, first, side, report.metric(metric)).stream()
                            .mapToObj(ratio -> String.format(
                                    Locale.ROOT, "%+.0f %% (%.2fx) beside %s", (ratio - 1) * 100, ratio, side)))
                    .collect(Collectors.joining(", "));
            if (!text.isEmpty()) {
                return first + ": " + text;
            }
        }
        return "";
    }

    /** Every side in the first work. */
    private static String all(Report report, String metric) {
        return report.sides().stream()
                .map(side -> side + " " + one(report, side, metric))
                .collect(Collectors.joining(", "));
    }

    private static String one(Report report, String side, String metric) {
        var found = report.metric(metric);
        var value = report.median(report.works().getFirst(), side, found);
        return value.isEmpty()
                ? "unknown"
                : String.format(Locale.ROOT, "%.1f %s", value.getAsDouble(), found.unit())
                        .strip();
    }
}
