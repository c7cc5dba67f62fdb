package sherd.engine.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ManualClockTest {
    private final ManualClock clock = new ManualClock(1_000);

    @Test
    void bothReadingsAdvanceTogether() {
        clock.advanceMillis(5);
        assertThat(clock.epochMillis()).isEqualTo(1_005);
        assertThat(clock.nanoTime()).isEqualTo(5_000_000);
    }

    @Test
    void aJumpOfTheWallLeavesDurationsAlone() {
        clock.jumpTo(10);
        assertThat(clock.epochMillis()).isEqualTo(10);
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void refusesToAdvanceBackwards() {
        assertThatThrownBy(() -> clock.advanceMillis(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
