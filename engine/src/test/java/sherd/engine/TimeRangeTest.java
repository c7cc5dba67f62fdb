package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimeRangeTest {
    @Test
    void hasItsFirstMillisecondAndNotItsEnd() {
        var range = TimeRange.between(10, 20);
        assertThat(range.has(9)).isFalse();
        assertThat(range.has(10)).isTrue();
        assertThat(range.has(19)).isTrue();
        assertThat(range.has(20)).isFalse();
        assertThat(range.overlaps(0, 9)).isFalse();
        assertThat(range.overlaps(0, 10)).isTrue();
        assertThat(range.overlaps(19, 30)).isTrue();
        assertThat(range.overlaps(20, 30)).isFalse();
    }

    @Test
    void reachesToTheLastTimeThereIsWhenItHasNoEnd() {
        assertThat(TimeRange.between(Long.MIN_VALUE, Long.MAX_VALUE).has(Long.MAX_VALUE))
                .isTrue();
    }

    @Test
    void isEmptyWhenItEndsWhereItBegins() {
        assertThat(TimeRange.between(10, 10).isEmpty()).isTrue();
        assertThat(TimeRange.between(Long.MIN_VALUE, Long.MIN_VALUE).isEmpty()).isTrue();
        assertThat(TimeRange.between(10, 11).isEmpty()).isFalse();
    }
}
