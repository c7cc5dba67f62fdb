package sherd.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ZipfTest {
    private static final int DRAWN = 400_000;
    private static final int COUNT = 1_000;
    private static final long SEED = 42;

    /** Each rank within six standard deviations of what the law says: wrong by chance once in a million runs. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.99, 1, 1.5, 3})
    void eachRankComesAsOftenAsTheLawSays(double exponent) {
        var zipf = new Zipf(COUNT, exponent, new SplittableRandom(SEED));
        var seen = new int[COUNT + 1];
        for (int i = 0; i < DRAWN; i++) {
            seen[(int) zipf.next()]++;
        }
        double all = 0;
        for (int rank = 1; rank <= COUNT; rank++) {
            all += Math.pow(rank, -exponent);
        }
        for (int rank = 1; rank <= COUNT; rank++) {
            double share = Math.pow(rank, -exponent) / all;
            double deviation = Math.sqrt(DRAWN * share * (1 - share));
            assertThat((double) seen[rank])
                    .as("rank %d, exponent %s, seed %d", rank, exponent, SEED)
                    .isBetween(DRAWN * share - 6 * deviation - 1, DRAWN * share + 6 * deviation + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.99", "2, 1", "100000000000, 0.99", "100000000000, 1"})
    void ranksStayWithinTheCount(long count, double exponent) {
        var zipf = new Zipf(count, exponent, new SplittableRandom(SEED));
        for (int i = 0; i < COUNT; i++) {
            assertThat(zipf.next()).isBetween(1L, count);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "10, 0", "10, -1", "10, NaN"})
    void whatIsNoLawIsRefused(long count, double exponent) {
        assertThatThrownBy(() -> new Zipf(count, exponent, new SplittableRandom(SEED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("count=" + count)
                .hasMessageContaining("exponent=" + exponent);
    }
}
