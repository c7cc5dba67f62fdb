package sherd.server.config;

import java.time.Duration;

/**
 * When rows leave memory; a table may have its own values.
 *
 * @param minAge younger rows stay, whatever happens
 * @param watermark the share of the memory limit from which on old rows are archived at once
 * @param maxReads rows read by more distinct readers than this within {@code readsWindow} stay
 * @param retention archived rows older than this are dropped; 0 keeps them for ever
 * @param mergeWidth neighbouring segments of one size that become one; 0 merges none
 */
public record ArchiveConfig(
        Duration minAge, double watermark, int maxReads, Duration readsWindow, Duration retention, int mergeWidth)
        implements Section {
    @Override
    public void check(Check check) {
        check.that(
                watermark > 0 && watermark <= 1,
                "watermark",
                "above 0 and at most 1",
                "it is a share of storage.memory-limit, for example 0.85");
        check.that(maxReads >= 0, "max-reads", "0 or more", "for example 3");
        check.that(mergeWidth == 0 || mergeWidth >= 2, "merge-width", "0, or 2 or more", "for example 8");
        check.that(readsWindow.isPositive(), "reads-window", "above 0", "for example \"24h\"");
    }
}
