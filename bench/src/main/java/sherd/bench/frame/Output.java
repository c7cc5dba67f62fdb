package sherd.bench.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a report goes. A mixin: every benchmark has these options. */
public final class Output {
    private static final int PROSE_WIDTH = 118;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Option(names = "--publish", description = "Also writes the plot and the table into docs (see docs/benchmarks.md).")
    private boolean publish;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the JSON goes; target/bench if not given.")
    private @Nullable Path out;

    @Option(names = "--docs", paramLabel = "DIR", description = "Where --publish writes; docs if not given.")
    private @Nullable Path docs;

    /** The checkout. */
    public static Path home() {
        return Path.of(System.getProperty("sherd.home", ".")).toAbsolutePath().normalize();
    }

    /** An empty folder for what servers write; the caller removes it ({@link Scratch}). */
    public Scratch scratch() {
        return Scratch.make(folder());
    }

    private Path folder() {
        return out == null ? home().resolve("target/bench") : out;
    }

    /** Says what is going on, on standard error, so that standard output is the table alone. */
    public void progress(String line) {
        System.err.println(line);
    }

    /** Prints the table, keeps the JSON and publishes if asked to. */
    public void finish(Report report) {
        try {
            var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            var machine = Machine.here(home());
            var table = text(report, machine, now);
            table.forEach(System.out::println);
            var file = Files.createDirectories(folder()).resolve(report.name() + "-" + STAMP.format(now) + ".json");
            Files.writeString(file, ReportJson.of(report, machine, now));
            System.out.println("all figures: " + file);
            if (publish) {
                new Publication(docs == null ? home().resolve("docs") : docs).add(report, table);
            }
        } catch (IOException e) {
            throw new BenchException("cannot write the report: " + e, e);
        }
    }

    /** The table, and below it what was noted. */
    static List<String> text(Report report, Machine machine, Instant time) {
        var lines = new ArrayList<>(MarkdownTable.of(report));
        lines.add("");
        var notes = new ArrayList<>(report.notes());
        notes.add("Medians; ratios are medians of the rounds' ratios. " + machine + ". Measured " + time + ".");
        lines.addAll(wrapped(String.join(" ", notes)));
        return lines;
    }

    /** As wide as the documents' prose may be. */
    private static List<String> wrapped(String prose) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : prose.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > PROSE_WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
