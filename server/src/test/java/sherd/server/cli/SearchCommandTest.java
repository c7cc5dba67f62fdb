package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchCommandTest {
    @TempDir
    Path folder;

    @Test
    void explainTellsStepsAndHowEachSegmentWasAsked() throws Exception {
        try (var node = new ServingNode(folder.resolve("data"))) {
            node.create("default/lines", "{\"kind\":\"log\",\"shards\":1}");
            node.append("default/lines", "text/plain", "old needle\nhay\n");
            node.archive("default/lines");
            node.append("default/lines", "text/plain", "new needle\n");
            var url = "http://" + node.node().http();

            var ran = Cli.run("search", "needle", "--table", "default.lines", "--explain", "--http", url);
            assertThat(ran.status()).as(ran.err()).isZero();
            assertThat(ran.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                    .anyMatch(line -> line.matches("parse \\d+ us"))
                    .anyMatch(line -> line.matches("prune \\d+ us segments=1 pruned=0 by_time=0 by_words=0 scanned=0"))
                    .anyMatch(line -> line.matches("memory \\d+ us rows=1"))
                    .anyMatch(line -> line.matches("index \\d+ us reads=\\d+ bytes=\\d+ candidates=1 certain=1 .*"))
                    .anyMatch(line -> line.matches("rows \\d+ us verified=0 blocks=\\d+ bytes=\\d+"))
                    .anyMatch(
                            line -> line.matches("arc-\\S+ index \\d+ us \\d+ us candidates=1 .* needle: 1 rows, row"))
                    .anyMatch(line -> line.startsWith("2 of 2 rows in "));

            var bad = Cli.run("search", "(needle", "--table", "default.lines", "--http", url);
            assertThat(bad.status()).isEqualTo(1);
            assertThat(bad.err()).contains("a '(' that nothing closes: position=1 query='(needle'");
        }
    }
}
