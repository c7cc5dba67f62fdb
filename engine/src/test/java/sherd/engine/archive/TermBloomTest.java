package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.text.Query;

final class TermBloomTest {
    private static Optional<TermBloom> of(int words) {
        var builder = new TermBloom.Builder();
        for (int i = 0; i < words; i++) {
            var word = ("word" + i).getBytes(UTF_8);
            builder.add(word, 0, word.length);
            builder.add(word, 0, word.length);
        }
        return builder.build();
    }

    private static boolean may(TermBloom bloom, String query) {
        return bloom.mayMatch(Query.parse(query).bind(Rows.ALL_TYPES), Rows.ALL_TYPES);
    }

    @Test
    void hasEveryWordAndFewOthers() {
        for (int words : new int[] {0, 1, 10, 100, 1000, 4000}) {
            var bloom = of(words).orElseThrow();
            assertThat(IntStream.range(0, words)).allMatch(i -> may(bloom, "word" + i));
            long wrong = IntStream.range(0, 2000)
                    .filter(i -> may(bloom, "other" + i))
                    .count();
            assertThat(wrong).as("of 2000 with " + words + " words").isLessThan(60);
            assertThat(bloom.encode().length()).as("with " + words + " words").isLessThan(40 + words * 8);
        }
    }

    @Test
    void tooManyWordsHaveNone() {
        assertThat(of(20_000)).isEmpty();
    }

    @Test
    void onlyWhatNoRowCanMatchIsRuledOut() {
        var bloom = of(3).orElseThrow();
        assertThat(List.of(
                        "",
                        "word1",
                        "word1 word2",
                        "absent OR word1",
                        "NOT absent",
                        "abs*",
                        "*bsen*",
                        "line:word1",
                        "n:7",
                        "id:absent",
                        "word1 NOT absent",
                        "word1.word2",
                        "line:word1-word2",
                        "word1.abs*",
                        "word1/*",
                        "*sent.word1.abs*",
                        "*sent.abs*",
                        "*sent-word1*"))
                .allMatch(query -> may(bloom, query));
        assertThat(List.of(
                        "absent",
                        "word1 absent",
                        "\"word1 absent\"",
                        "absent OR missing",
                        "line:absent",
                        "word1.absent",
                        "absent/word1",
                        "absent.wor*",
                        "*ord1.absent.wor*"))
                .noneMatch(query -> may(bloom, query));
    }

    @Test
    void comesBackFromTheCatalog() {
        var bloom = of(100).orElseThrow();
        var again = TermBloom.decode(bloom.encode()).orElseThrow();
        assertThat(may(again, "word99")).isTrue();
        assertThat(may(again, "absent")).isFalse();
        assertThat(List.of("", "AAA=", "not base64!", "A".repeat(9000)))
                .allMatch(text -> TermBloom.decode(text).isEmpty());
    }
}
