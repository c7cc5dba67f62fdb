package sherd.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
    private static final Metric RATE = Metric.drawn("rate", "a/s", 0);
    private static final Metric WAIT = Metric.shown("wait", "", 2);

    private static Report sample() {
        var report = new Report("sample", "A <sample>", Map.of("n", "3"));
        double[][] rates = {{100, 50}, {10, 10}, {300, 100}}; // the second round was slow for both
        for (int round = 0; round < rates.length; round++) {
            report.add("GET", "ours", round, RATE, rates[round][0]);
            report.add("GET", "theirs", round, RATE, rates[round][1]);
        }
        report.add("GET", "ours", 0, WAIT, 0.125);
        report.add("SET", "ours", 0, RATE, 1234.4);
        return report;
    }

    @Test
    void theRatioIsTheMedianOfTheRoundsRatios() {
        var report = sample();
        assertThat(report.median("GET", "ours", RATE)).hasValue(100);
        assertThat(report.median("GET", "theirs", RATE)).hasValue(50);
        assertThat(report.ratio("GET", "ours", "theirs", RATE)).hasValue(2);
        assertThat(report.ratio("GET", "ours", "theirs", WAIT)).isEmpty();
        assertThat(report.ratio("GET", "theirs", "ours", RATE)).hasValue(0.5);
    }

    @Test
    void whatWasKeptIsReadAgainWithTheSameFigures() throws IOException {
        var read = ReportJson.read(ReportJson.of(sample(), Machine.here(Path.of(".")), Instant.EPOCH));
        assertThat(read.name()).isEqualTo("sample");
        assertThat(read.works()).containsExactly("GET", "SET");
        assertThat(read.sides()).containsExactly("ours", "theirs");
        assertThat(read.ratio("GET", "ours", "theirs", read.metric("rate"))).hasValue(2);
        assertThat(read.median("SET", "ours", read.metric("rate"))).hasValue(1234.4);
        assertThatThrownBy(() -> read.metric("speed")).hasMessageContaining("no metric speed");
    }

    @Test
    void nothingIsDividedByZero() {
        var report = new Report("zero", "Zero", Map.of());
        report.add("start", "ours", 0, RATE, 5);
        report.add("start", "theirs", 0, RATE, 0);
        assertThat(report.ratio("start", "ours", "theirs", RATE)).isEmpty();
    }

    @Test
    void theTableLinesUpAndLeavesOutWhatWasNotMeasured() {
        assertThat(MarkdownTable.of(sample()))
                .containsExactly(
                        "|     | side          | rate, a/s | wait |",
                        "|-----|---------------|----------:|-----:|",
                        "| GET | ours          |       100 | 0.13 |",
                        "|     | theirs        |        50 |      |",
                        "|     | ours / theirs |     2.00x |      |",
                        "| SET | ours          |     1,234 |      |");
    }

    @Test
    void whatIsNotedIsNoWiderThanProseMayBe() throws IOException {
        var report = sample();
        report.note("word ".repeat(60) + "end.");
        var text = Output.text(report, Machine.here(Output.home()), Instant.EPOCH);
        assertThat(text.stream().filter(line -> !line.startsWith("|")))
                .hasSizeGreaterThan(4)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(120));
        assertThat(String.join(" ", text)).contains("word end.", "Measured 1970-01-01T00:00:00Z.");
    }

    @Test
    void theJsonHoldsEveryFigure() {
        var machine = new Machine("a \"cpu\"", 2, 1 << 30, "Linux 6", "25", "abc");
        assertThat(ReportJson.of(sample(), machine, Instant.EPOCH))
                .contains(
                        "\"cpu\":\"a \\\"cpu\\\"\"",
                        "\"date\":\"1970-01-01T00:00:00Z\"",
                        "\"parameters\":{\"n\":\"3\"}")
                .contains(
                        "{\"work\":\"GET\",\"side\":\"ours\",\"round\":2,\"metric\":\"rate\",\"unit\":\"a/s\",\"value\":300.0}");
    }

    @Test
    void thePlotIsXmlThatFollowsTheReadersColours() throws Exception {
        var svg = SvgPlot.of(sample());
        var root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(root.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("A <sample>");
        assertThat(root.getElementsByTagName("rect").getLength()).isEqualTo(2 + 3); // legend, and a bar for each median
        assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("href");
    }

    @Test
    void publishingAgainReplacesOnlyItsOwnPlace(@TempDir Path docs) throws IOException {
        var page = docs.resolve("benchmarks.md");
        Files.writeString(page, "before\n<!-- sample -->\nold\n<!-- /sample -->\nafter\n");
        new Publication(docs).add(sample(), List.of("| new |"));
        new Publication(docs).add(sample(), List.of("| newer |"));
        assertThat(page)
                .content()
                .startsWith("before\n<!-- sample -->\n| newer |")
                .contains("![A <sample>](benchmarks/sample.svg)\n<!-- /sample -->\nafter\n")
                .doesNotContain("old", "| new |");
        assertThat(docs.resolve("benchmarks/sample.svg")).isNotEmptyFile();
    }

    @Test
    void aPageWithoutAPlaceGetsOneAtItsEnd(@TempDir Path docs) throws IOException {
        Files.writeString(docs.resolve("benchmarks.md"), "text\n");
        new Publication(docs).add(sample(), List.of("| row |"));
        assertThat(docs.resolve("benchmarks.md")).content().startsWith("text\n<!-- sample -->\n| row |");
    }
}
