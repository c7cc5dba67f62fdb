package sherd.engine.log;

import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * How the commit log works.
 *
 * <p>What a crash can cost, by {@code sync}:
 *
 * <ul>
 *   <li>{@code ALWAYS}: no acknowledged write, neither to a killed process nor to power loss.
 *   <li>{@code INTERVAL}: power loss costs at most the writes of the last {@code intervalMillis} plus those that came
 *       while a write or fsync of the log was under way. A killed process costs what {@code OS} costs, and the fsync
 *       is due every interval.
 *   <li>{@code OS}: a killed process costs at most the writes of the last {@value FileCommitLog#LINGER_MILLIS} ms plus
 *       those that came while a write or fsync of the log was under way or waited for a processor; an fsync comes with
 *       a checkpoint, an archived segment and a new log file. Power loss costs what the operating system had not
 *       written, at most back to the start of the current log file.
 * </ul>
 *
 * In each case what is lost is the end of the order: never a write without all later ones.
 *
 * @param fileBytes size at which the next log file is begun
 * @param bufferBytes memory for appended batches that are not yet written; the log is congested above half
 */
public record LogConfig(SyncPolicy sync, long intervalMillis, long fileBytes, int bufferBytes) {
    public static final long DEFAULT_INTERVAL_MILLIS = 100;
    public static final long DEFAULT_FILE_BYTES = 64L << 20;
    public static final int DEFAULT_BUFFER_BYTES = 32 << 20;

    static final int LEAST_BUFFER_BYTES = 1024;

    public LogConfig {
        if (intervalMillis < 1 || fileBytes < 1 || bufferBytes < LEAST_BUFFER_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "log settings out of range: interval-ms=" + intervalMillis + " file-bytes=" + fileBytes
                            + " buffer-bytes=" + bufferBytes + "; the interval and the file must be at least 1, the"
                            + " buffer at least " + LEAST_BUFFER_BYTES);
        }
    }

    public LogConfig(SyncPolicy sync, long intervalMillis) {
        this(sync, intervalMillis, DEFAULT_FILE_BYTES, DEFAULT_BUFFER_BYTES);
    }
}
