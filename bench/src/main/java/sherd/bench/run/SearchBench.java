package sherd.bench.run;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.SherdNode;
import sherd.server.cli.NodeClient;

@Command(
        name = "search",
        description = "Latency of searches for random words, in hot and in archived rows, beside grep -c -w.")
public final class SearchBench implements Callable<Integer> {
    private static final Metric P50 = Metric.drawn("p50", "ms", 2);
    private static final Metric P99 = Metric.drawn("p99", "ms", 2);
    private static final Metric MEAN = Metric.shown("mean", "ms", 2);

    private static final String ARCHIVED = "archived";
    private static final String HOT = "hot";
    private static final String GREP = "grep";
    private static final String TABLES = "/api/v1/tables/default/";
    private static final int KNOWN_WORDS = 100_000;
    private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");

    @Option(names = "--words", description = "Looked for in each round (default: ${DEFAULT-VALUE}).")
    private int count = 300;

    @Option(names = "--rounds", description = "Each asks all sides for all words (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--limit", description = "Rows in an answer (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Option(names = "--seed", description = "Of the choice of words (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var text = LogText.find();
        var words = words(text);
        var report = new Report(
                "search",
                "Search for a word",
                Map.of(
                        "words", Integer.toString(words.size()),
                        "rounds", Integer.toString(rounds),
                        "limit", Integer.toString(limit),
                        "seed", Long.toString(seed)));
        try (var scratch = output.scratch();
                var node = SherdNode.start(scratch.folder("sherd"), List.of());
                var client = new NodeClient(URI.create("http://" + node.http()))) {
            load(client, text.bodies());
            int same = 0;
            for (var word : words) { // warms up, and would show a side that answers wrongly
                long archived = search(client, ARCHIVED, word);
                if (archived != search(client, HOT, word)) {
                    throw new BenchException("hot and archived rows differ in how many have the word " + word);
                }
                same += archived == grep(text.text().files(), word) ? 1 : 0;
            }
            for (int round = 0; round < rounds; round++) {
                measure(report, round, ARCHIVED, words, word -> search(client, ARCHIVED, word));
                measure(report, round, HOT, words, word -> search(client, HOT, word));
                measure(report, round, GREP, words, word -> grep(text.text().files(), word));
                output.progress("round " + (round + 1) + " of " + rounds);
            }
            report.note(String.format(
                    Locale.ROOT,
                    "%d random words (seed %d) in %,d lines, %.1f MB, over HTTP, %d rows in an answer; LC_ALL=C grep -a -c -h -w"
                            + " -i WORD FILES for the same. The counts agree for %d of %d words.",
                    words.size(),
                    seed,
                    text.text().lines(),
                    text.text().bytes() / 1e6,
                    limit,
                    same,
                    words.size()));
        }
        output.finish(report);
        return 0;
    }

    private List<String> words(LogText text) {
        var all = new ArrayList<>(text.text().words(KNOWN_WORDS));
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, Math.min(count, all.size()));
    }

    private void load(NodeClient client, List<byte[]> bodies) {
        for (var table : List.of(HOT, ARCHIVED)) {
            LogText.makeTable(client, TABLES + table);
            for (var body : bodies) {
                LogText.append(client, TABLES + table, body);
            }
        }
        LogText.archive(client, TABLES + ARCHIVED);
    }

    private long search(NodeClient client, String table, String word) {
        var answer = LogText.send(
                () -> client.get(TABLES + table + "/search?q=" + NodeClient.encoded(word) + "&limit=" + limit));
        var total = TOTAL.matcher(answer.body());
        if (!total.find()) {
            throw new BenchException("no total in the answer: " + answer.body());
        }
        return Long.parseLong(total.group(1));
    }

    private static long grep(List<Path> files, String word) {
        var command = new ArrayList<>(List.of("grep", "-a", "-c", "-h", "-w", "-i", word));
        files.forEach(file -> command.add(file.toString()));
        try {
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            try (var lines = process.inputReader(StandardCharsets.US_ASCII)) {
                return lines.lines().mapToLong(Long::parseLong).sum();
            }
        } catch (IOException e) {
            throw new BenchException("cannot run grep: " + e.getMessage(), e);
        }
    }

    private static void measure(Report report, int round, String side, List<String> words, Consumer<String> search) {
        var millis = new double[words.size()];
        for (int i = 0; i < millis.length; i++) {
            long began = System.nanoTime();
            search.accept(words.get(i));
            millis[i] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(millis);
        var work = "one word";
        report.add(work, side, round, P50, millis[millis.length / 2]);
        report.add(work, side, round, P99, millis[Math.min(millis.length - 1, millis.length * 99 / 100)]);
        report.add(work, side, round, MEAN, Arrays.stream(millis).average().orElse(0));
    }
}
