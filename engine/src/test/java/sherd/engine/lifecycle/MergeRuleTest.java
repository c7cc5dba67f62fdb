package sherd.engine.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sherd.engine.lifecycle.MergeRule.Limits;
import sherd.engine.lifecycle.MergeRule.Part;

final class MergeRuleTest {
    private static final Limits LARGE = new Limits(10_000_000, 1L << 30, 0);
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private final MergeRule rule = new MergeRule(4);

    private static List<Part> parts(long... bytes) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> new Part(bytes[i] / 100, bytes[i], i * 1000L))
                .toList();
    }

    private String decide(List<Part> parts, Limits limits, boolean onlyNewest) {
        return switch (rule.decide(parts, limits, onlyNewest)) {
            case MergeDecision.Leave _ -> "leave";
            case MergeDecision.Merge(int from, int to, var _) -> from + "-" + to;
        };
    }

    @Test
    void fewSegmentsStay() {
        assertThat(decide(List.of(), LARGE, false)).isEqualTo("leave");
        assertThat(decide(parts(KIB, KIB, KIB), LARGE, false)).isEqualTo("leave");
        assertThat(rule.decide(parts(KIB), LARGE, false).reason()).contains("segments=1");
    }

    @Test
    void neighboursOfOneSizeAreMerged() {
        assertThat(decide(parts(KIB, KIB, KIB, KIB), LARGE, false)).isEqualTo("0-4");
        assertThat(decide(parts(9 * MIB, KIB, KIB, KIB, KIB, 9 * MIB), LARGE, false))
                .isEqualTo("1-5");
        assertThat(decide(parts(2 * MIB, 2 * MIB, 3 * MIB, 2 * MIB), LARGE, false))
                .isEqualTo("0-4");
    }

    @Test
    void aLargeOneIsNotWrittenAnewForSmallOnes() {
        assertThat(decide(parts(3 * MIB, KIB, KIB, KIB), LARGE, false)).isEqualTo("leave");
    }

    @Test
    void ofARecordTableOnlyTheNewestAreMerged() {
        assertThat(decide(parts(KIB, KIB, KIB, KIB, 99 * MIB), LARGE, true)).isEqualTo("leave");
        assertThat(decide(parts(99 * MIB, KIB, KIB, KIB, KIB), LARGE, true)).isEqualTo("1-5");
    }

    @Test
    void aMergeFitsIntoOneSegment() {
        assertThat(decide(parts(500, 500, 500, 500), new Limits(19, 1 << 30, 0), false))
                .isEqualTo("leave");
        assertThat(decide(parts(500, 500, 500, 500), new Limits(20, 1 << 30, 0), false))
                .isEqualTo("0-4");
        assertThat(decide(parts(500, 500, 500, 500), new Limits(20, 1999, 0), false))
                .isEqualTo("leave");
    }

    @Test
    void aMergeIsShortBesideTheTimeThatRowsAreKept() {
        assertThat(decide(parts(500, 500, 500, 500), new Limits(100, 1 << 30, 8 * 2999), false))
                .isEqualTo("leave");
        assertThat(decide(parts(500, 500, 500, 500), new Limits(100, 1 << 30, 8 * 3000), false))
                .isEqualTo("0-4");
    }

    /** However many small segments come, there are few, and each row was written anew only a few times. */
    @Test
    void manySmallSegmentsBecomeFewAtLittleCost() {
        var usual = new MergeRule(8);
        for (boolean onlyNewest : new boolean[] {false, true}) {
            var parts = new ArrayList<Part>();
            long written = 0;
            long added = 0;
            int most = 0;
            for (int i = 0; i < 5000; i++) {
                parts.add(new Part(10, 200 * KIB, i));
                added += 200 * KIB;
                while (usual.decide(parts, LARGE, onlyNewest) instanceof MergeDecision.Merge(int from, int to, var _)) {
                    var run = parts.subList(from, to);
                    long bytes = run.stream().mapToLong(Part::bytes).sum();
                    var merged = new Part(10L * run.size(), bytes, run.getLast().youngest());
                    written += bytes;
                    run.clear();
                    parts.add(from, merged);
                }
                most = Math.max(most, parts.size());
            }
            assertThat(most).as("segments").isLessThan(60);
            assertThat((double) written / added).as("times written anew").isLessThan(6);
        }
    }
}
