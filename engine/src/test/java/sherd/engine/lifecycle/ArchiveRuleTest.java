package sherd.engine.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.engine.schema.ArchiveSettings;

final class ArchiveRuleTest {
    private static final ArchiveSettings SETTINGS = new ArchiveSettings(1000, 3, 86_400_000, 0);

    private final ArchiveRule rule = new ArchiveRule(0.85, ScoreWeights.DEFAULT);

    private ArchiveDecision decide(long age, double memory, String readers) {
        var counted = readers.equals("unknown") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(readers));
        return rule.decide(new RowGroup(age, counted), SETTINGS, memory);
    }

    /** Every combination of: below, at and above each of the three bounds, and readers nobody counted. */
    @ParameterizedTest
    @CsvSource({
        "999,  0.50, 0,       stay,    young",
        "999,  0.50, 3,       stay,    young",
        "999,  0.50, 4,       stay,    young",
        "999,  0.50, unknown, stay,    young",
        "999,  0.85, 0,       stay,    young",
        "999,  0.85, 4,       stay,    young",
        "999,  0.85, unknown, stay,    young",
        "999,  1.00, 0,       stay,    young",
        "999,  1.00, 4,       stay,    young",
        "999,  1.00, unknown, stay,    young",
        "1000, 0.84, 0,       queue,   hardly read",
        "1000, 0.84, 3,       queue,   hardly read",
        "1000, 0.84, 4,       stay,    it is read",
        "1000, 0.84, unknown, stay,    not counted",
        "1000, 0.85, 0,       archive, memory is short",
        "1000, 0.85, 3,       archive, memory is short",
        "1000, 0.85, 4,       archive, memory is short",
        "1000, 0.85, unknown, archive, memory is short",
        "1001, 0.00, 0,       queue,   hardly read",
        "1001, 0.00, 3,       queue,   hardly read",
        "1001, 0.00, 4,       stay,    it is read",
        "1001, 0.00, unknown, stay,    not counted",
        "1001, 1.20, 0,       archive, memory is short",
        "1001, 1.20, 4,       archive, memory is short",
        "1001, 1.20, unknown, archive, memory is short",
    })
    void ageThenMemoryThenReadersDecide(long age, double memory, String readers, String decision, String reason) {
        var decided = decide(age, memory, readers);
        var name = switch (decided) {
            case ArchiveDecision.Stay _ -> "stay";
            case ArchiveDecision.Queue _ -> "queue";
            case ArchiveDecision.Archive _ -> "archive";
        };
        assertThat(name).isEqualTo(decision);
        assertThat(decided.reason()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 0.000, 0, 0.25",
        "1000, 0.000, 3, 0.0625",
        "2000, 0.000, 0, 0.40",
        "4000, 0.000, 0, 0.475",
        "1000, 0.425, 0, 0.475",
        "4000, 0.425, 1, 0.6375",
    })
    void theScoreWeighsMemoryAgeAndAccess(long age, double memory, String readers, double score) {
        assertThat(decide(age, memory, readers)).isInstanceOfSatisfying(ArchiveDecision.Queue.class, queued -> {
            assertThat(queued.score()).isCloseTo(score, within(1e-9));
        });
    }

    @Test
    void reasonsNameTheFiguresThatDecided() {
        assertThat(decide(7, 0.5, "0").reason()).isEqualTo("young: age=7ms min_age=1000ms");
        assertThat(decide(5000, 0.9, "0").reason()).isEqualTo("old, and memory is short: memory=90% watermark=85%");
        assertThat(decide(5000, 0.5, "9").reason())
                .isEqualTo("old, but memory is fine and it is read: readers=9 max_reads=3");
    }

    @Test
    void withoutALeastAgeEveryRowIsOld() {
        var always = new ArchiveSettings(0, 3, 86_400_000, 0);
        assertThat(rule.decide(new RowGroup(0, OptionalInt.empty()), always, 0.9))
                .isInstanceOf(ArchiveDecision.Archive.class);
        assertThat(rule.decide(new RowGroup(0, OptionalInt.of(0)), always, 0))
                .isInstanceOfSatisfying(ArchiveDecision.Queue.class, queued -> {
                    assertThat(queued.score()).isCloseTo(0.25, within(1e-9));
                });
    }

    @Test
    void weightsAddUpToOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoreWeights(0.5, 0.5, 0.5))
                .withMessageContaining("memory=0.5");
    }
}
