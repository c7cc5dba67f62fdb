package sherd.engine.schema;

/**
 * When rows of a table may leave memory. All times are milliseconds.
 *
 * @param minAge rows younger than this stay
 * @param maxReads rows read by more distinct readers than this within the window stay
 * @param readsWindow the window of {@code maxReads}
 * @param retention archived rows older than this go; 0 keeps them for ever
 */
public record ArchiveSettings(long minAge, int maxReads, long readsWindow, long retention) {
    public static final ArchiveSettings DEFAULT = new ArchiveSettings(7 * 86_400_000L, 3, 86_400_000L, 0);
}
