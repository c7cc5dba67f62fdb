package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import sherd.bench.frame.BenchException;

final class RedisBenchmarkTest {
    private static final String TEXT = """
            ====== GET ======
              50048 requests completed in 0.04 seconds

            Latency by percentile distribution:
            0.000% <= 0.231 milliseconds (cumulative count 128)
            99.805% <= 5.559 milliseconds (cumulative count 49920)
            99.902% <= 5.575 milliseconds (cumulative count 49984)
            100.000% <= 5.599 milliseconds (cumulative count 50000)

            Summary:
              throughput summary: 1191619.12 requests per second
              latency summary (msec):
                      avg       min       p50       p95       p99       max
                    1.411     0.224     1.183     3.151     5.495     5.599
            """;

    @Test
    void readsWhatItPrints() {
        assertThat(RedisBenchmark.parse(TEXT, 7, 8))
                .isEqualTo(new LoadResult(50048, 1191619.12, 1.183, 5.495, 5.575, 7, 8));
    }

    @Test
    void anEndWithoutASummaryIsAFailure() {
        assertThatThrownBy(() -> RedisBenchmark.parse("Error from server: ERR no\n", 0, 0))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("ERR no");
    }
}
