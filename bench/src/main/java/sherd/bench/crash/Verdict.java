package sherd.bench.crash;

import java.util.List;

/**
 * What became of one writer's round.
 *
 * @param least the fewest steps that explain what is seen; more than one number can, for some steps change nothing
 * @param most the most steps that explain it: the cut
 * @param lost acknowledged steps behind the cut
 * @param oldestLostNanos how long before the kill the oldest of them was acknowledged
 */
record Verdict(
        int sent, int acknowledged, int least, int most, int lost, long oldestLostNanos, List<Finding> findings) {
    Verdict {
        findings = List.copyOf(findings);
    }
}
