package sherd.engine.lifecycle;

/** Which of a table's segments become one, and why. */
public sealed interface MergeDecision {
    /** In words, with the figures that decided. */
    String reason();

    /** None. */
    record Leave(String reason) implements MergeDecision {}

    /** Those from one index up to, not including, another. */
    record Merge(int from, int to, String reason) implements MergeDecision {}
}
