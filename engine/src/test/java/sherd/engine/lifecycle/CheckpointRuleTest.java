package sherd.engine.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CheckpointRuleTest {
    private final CheckpointRule rule = new CheckpointRule(1000);

    @ParameterizedTest
    @CsvSource({
        "1000,    0, 1000000, false",
        "1001,    0, 1000000, true",
        "1001, 1000, 1000000, true",
        "1001, 1001, 1000000, false",
        "5000, 5000, 1000000, false",
        "5001, 5000, 1000000, true",
    })
    void theLogMayBecomeAsLongAsTheRowsOfTheLastCheckpoint(long log, long rows, long free, boolean due) {
        assertThat(rule.due(log, rows, free)).isEqualTo(due);
    }

    @ParameterizedTest
    @CsvSource({
        "400, 5000, 800, false",
        "401, 5000, 800, true",
        "250,    0,   0, false",
        "251,    0,   0, true",
    })
    void aDiskThatRunsFullNeedsTheRoomOfTheLog(long log, long rows, long free, boolean due) {
        assertThat(rule.due(log, rows, free)).isEqualTo(due);
    }
}
