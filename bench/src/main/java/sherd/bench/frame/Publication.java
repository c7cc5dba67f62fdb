package sherd.bench.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The figures in the documents: {@code benchmarks.md} has a place for each report, between two marks that do not show,
 * and each report has a plot.
 */
final class Publication {
    private static final String PAGE = "benchmarks.md";
    private static final String PLOTS = "benchmarks";

    private final Path docs;

    Publication(Path docs) {
        this.docs = docs;
    }

    void add(Report report, List<String> lines) throws IOException {
        var plots = Files.createDirectories(docs.resolve(PLOTS));
        Files.writeString(plots.resolve(report.name() + ".svg"), SvgPlot.of(report));
        var page = docs.resolve(PAGE);
        var begin = "<!-- " + report.name() + " -->\n";
        var end = "<!-- /" + report.name() + " -->\n";
        var text = Files.exists(page) ? Files.readString(page) : "";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            from = text.length();
            to = from;
            end = end + "\n";
        } else {
            to += end.length();
        }
        var block = begin + String.join("\n", lines) + "\n\n![" + report.title() + "](" + PLOTS + "/" + report.name()
                + ".svg)\n" + end;
        Files.writeString(page, text.substring(0, from) + block + text.substring(to));
    }
}
