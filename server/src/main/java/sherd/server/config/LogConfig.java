package sherd.server.config;

import java.time.Duration;

/**
 * How the commit log keeps its promise.
 *
 * @param syncInterval how much time of accepted writes may be lost with sync "interval"
 * @param checkpoint log bytes before which no checkpoint is taken, so how much log a restart may have to replay at the least
 */
public record LogConfig(Sync sync, Duration syncInterval, ByteSize checkpoint) implements Section {
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);
    private static final ByteSize LEAST_CHECKPOINT = ByteSize.ofMiB(1);

    /** When an accepted write is acknowledged. */
    public enum Sync {
        ALWAYS,
        INTERVAL,
        OS
    }

    @Override
    public void check(Check check) {
        check.that(
                syncInterval.isPositive() && syncInterval.compareTo(LONGEST_INTERVAL) <= 0,
                "sync-interval",
                "above 0 and at most 1h",
                "for no loss at all set log.sync to \"always\"");
        check.that(
                checkpoint.bytes() >= LEAST_CHECKPOINT.bytes(),
                "checkpoint",
                "at least " + LEAST_CHECKPOINT,
                "for example \"256MiB\"");
    }
}
