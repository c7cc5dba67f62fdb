package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import sherd.engine.error.StoreException;

class TimeTextTest {
    private static final long NOW = 1_000_000_000_000L;

    @Test
    void readsTimesInTheirThreeForms() {
        assertThat(TimeText.parse("t", "2026-01-31T12:00:00Z", NOW)).isEqualTo(1_769_860_800_000L);
        assertThat(TimeText.parse("t", "2026-01-31t14:00:00.1239+02:00", NOW)).isEqualTo(1_769_860_800_123L);
        assertThat(TimeText.parse("t", "-5", NOW)).isEqualTo(-5);
        assertThat(TimeText.parse("t", "now", NOW)).isEqualTo(NOW);
        assertThat(TimeText.parse("t", "now-1h", NOW)).isEqualTo(NOW - 3_600_000);
        assertThat(TimeText.parse("t", "now+90s", NOW)).isEqualTo(NOW + 90_000);
    }

    @Test
    void refusesWhatIsNoTime() {
        for (var text : List.of(
                "",
                "x",
                "2026-01-31",
                "2026-01-31T12:00:00",
                "2026-02-30T00:00:00Z",
                "now-",
                "now-1y",
                "99999999999999999999",
                "now-999999999999999d",
                "1.5",
                "nowadays")) {
            assertThatThrownBy(() -> TimeText.parse("from", text, NOW))
                    .as(text)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("from='");
        }
    }

    @Test
    void writesMillisecondsAlways() {
        assertThat(TimeText.format(0)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(TimeText.format(-1)).isEqualTo("1969-12-31T23:59:59.999Z");
        assertThat(TimeText.format(1_769_860_800_123L)).isEqualTo("2026-01-31T12:00:00.123Z");
        assertThat(TimeText.writable(Long.MAX_VALUE)).isFalse();
        assertThat(TimeText.writable(-62_167_219_200_000L)).isTrue();
        assertThat(TimeText.writable(-62_167_219_200_001L)).isFalse();
    }

    @Test
    void durationsComeBackInTheirLargestUnit() {
        for (var text : List.of("0", "1ms", "90s", "5m", "1h", "7d")) {
            assertThat(TimeText.formatDuration(TimeText.duration("d", text))).isEqualTo(text);
        }
        assertThat(TimeText.duration("d", "0s")).isZero();
        for (var text : List.of("", "s", "-1s", "1w", "1 s", "999999999999999d")) {
            assertThatThrownBy(() -> TimeText.duration("min_age", text))
                    .as(text)
                    .hasMessageContaining("min_age='");
        }
    }
}
