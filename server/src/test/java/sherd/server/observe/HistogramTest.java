package sherd.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HistogramTest {
    private final Histogram histogram = new Histogram();

    @Test
    void countsAndSums() {
        histogram.record(1_000, 64);
        histogram.record(5_000, 1);
        assertThat(histogram.count()).isEqualTo(65);
        assertThat(histogram.sumNanos()).isEqualTo(69_000);
        assertThat(histogram.shorterThan(1 << 10)).isEqualTo(64);
        assertThat(histogram.shorterThan(1 << 13)).isEqualTo(65);
    }

    @Test
    void isPublishedCumulatively() {
        histogram.record(1_000, 2);
        histogram.record(3_000, 1);
        var other = new Histogram();
        other.record(Long.MAX_VALUE / 2, 1);
        var text = new MetricsText();
        text.histogram("t_seconds", "Times.", List.of(histogram, other));
        assertThat(text.toString().lines())
                .startsWith(
                        "# HELP t_seconds Times.",
                        "# TYPE t_seconds histogram",
                        "t_seconds_bucket{le=\"0.000001024\"} 2",
                        "t_seconds_bucket{le=\"0.000002048\"} 2",
                        "t_seconds_bucket{le=\"0.000004096\"} 3")
                .contains(
                        "t_seconds_bucket{le=\"17.179869184\"} 3",
                        "t_seconds_bucket{le=\"+Inf\"} 4",
                        "t_seconds_count 4");
    }
}
