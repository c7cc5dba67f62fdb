package sherd.bench.frame;

/**
 * One figure.
 *
 * @param work what was done, such as {@code GET, pipeline 16}
 * @param side who did it
 * @param round from 0; rounds of the same number ran next to each other
 */
record Sample(String work, String side, int round, Metric metric, double value) {}
