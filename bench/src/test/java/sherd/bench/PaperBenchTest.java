package sherd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaperBenchTest {
    @Test
    void aLineHasTheFigureOfTheBenchmarkThatRanAndSaysWhyOthersHaveNone() {
        var ran = Ran.of("paper", "--only", "archive-index");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out().lines().filter(line -> line.contains("`bench archive-index`")))
                .singleElement()
                .asString()
                .containsPattern("hybrid: -\\d+ % \\(0\\.\\d+x\\) beside plain");
        assertThat(ran.out().lines().filter(line -> line.contains("`bench search")))
                .singleElement()
                .asString()
                .contains("| not run |");
        assertThat(ran.out().lines().filter(line -> line.contains("shard keys")))
                .singleElement()
                .asString()
                .contains("| not built |");
    }
}
