package sherd.server.loki;

/**
 * What one request may ask.
 *
 * @param pushBytes of a pushed body, before and after decompression
 * @param lineBytes the longest line
 * @param labels of one stream
 * @param labelBytes the longest value of a label
 * @param entries the most lines an answer may have
 * @param answerBytes of lines in one answer
 * @param points of one series in an answer
 * @param cells series times points while a query is worked on
 * @param series the most that a query may work on
 * @param streams the most label sets that one query may meet
 * @param deadlineMillis how long a query may take
 * @param threads that answer queries
 * @param waiting queries that may wait for one of them
 */
public record LokiLimits(
        int pushBytes,
        int lineBytes,
        int labels,
        int labelBytes,
        int entries,
        int answerBytes,
        int points,
        int cells,
        int series,
        int streams,
        long deadlineMillis,
        int threads,
        int waiting) {
    public static final LokiLimits DEFAULT = new LokiLimits(
            16 << 20, 256 << 10, 64, 2048, 5000, 32 << 20, 11_000, 4 << 20, 10_000, 100_000, 30_000, 4, 256);
}
