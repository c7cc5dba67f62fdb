package sherd.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class KeyChoiceTest {
    private static final int KEYS = 1_000;
    private static final int DRAWN = 200_000;
    private static final long SEED = 7;

    private final KeyChoice.Converter converter = new KeyChoice.Converter();

    private static Map<Long, Integer> seen(KeyChoice choice) {
        var keys = choice.over(KEYS, new SplittableRandom(SEED));
        var seen = new HashMap<Long, Integer>();
        for (int i = 0; i < DRAWN; i++) {
            seen.merge(keys.getAsLong(), 1, Integer::sum);
        }
        return seen;
    }

    @Test
    void uniformKeysAreAllDrawnAboutAlike() {
        var seen = seen(converter.convert("uniform"));
        assertThat(seen.keySet()).hasSize(KEYS).allMatch(key -> key >= 0 && key < KEYS);
        assertThat(seen.values()).allMatch(times -> times > 100 && times < 300);
    }

    @Test
    void aFewOfZipfianKeysAreMostOfAllAndEachRankHasAKeyOfItsOwn() {
        var seen = seen(converter.convert("zipf:0.99"));
        assertThat(seen.keySet()).hasSize(KEYS).allMatch(key -> key >= 0 && key < KEYS);
        var popular = seen.entrySet().stream()
                .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
                .limit(10)
                .toList();
        int times = popular.stream().mapToInt(Map.Entry::getValue).sum();
        assertThat(times).as("of %d, seed %d", DRAWN, SEED).isBetween(DRAWN * 35 / 100, DRAWN * 43 / 100);
        assertThat(popular.stream().filter(entry -> entry.getKey() < 10))
                .as("the popular ones are not neighbours")
                .hasSizeLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zipf", "zipf:", "zipf:0", "zipf:-1", "zipf:x", "zipf:11", "Uniform "})
    void otherWordsAreRefusedByName(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
