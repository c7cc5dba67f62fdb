package sherd.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BucketsTest {
    @Test
    void eachDurationIsInTheClassThatBeginsAtMostAnEighthBelowIt() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            long nanos = random.nextLong() >>> (24 + random.nextInt(40));
            int bucket = Buckets.of(nanos);
            assertThat(Buckets.from(bucket)).as("seed %d, %d ns", seed, nanos).isLessThanOrEqualTo(nanos);
            assertThat(Buckets.from(bucket + 1))
                    .as("seed %d, %d ns", seed, nanos)
                    .isGreaterThan(nanos);
            assertThat(nanos - Buckets.from(bucket)).isLessThanOrEqualTo(nanos / 8);
        }
    }

    @Test
    void classesFollowEachOtherWithoutGaps() {
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            assertThat(Buckets.of(Buckets.from(bucket))).isEqualTo(bucket);
            assertThat(Buckets.of(Buckets.from(bucket + 1) - 1)).isEqualTo(bucket);
        }
    }

    @Test
    void whatIsTooLongOrNegativeCountsAsTheNearest() {
        assertThat(Buckets.of(-1)).isZero();
        assertThat(Buckets.of(Buckets.LONGEST)).isEqualTo(Buckets.COUNT - 1);
        assertThat(Buckets.of(Long.MAX_VALUE)).isEqualTo(Buckets.COUNT - 1);
    }
}
