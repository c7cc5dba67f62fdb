package sherd.engine.lifecycle;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import sherd.engine.schema.ArchiveSettings;

/**
 * When a row group leaves memory:
 *
 * <ol>
 *   <li>younger than {@code min-age}: it stays, whatever happens;
 *   <li>old enough, and memory at or above the watermark: it goes now;
 *   <li>old enough, memory fine, and read by few: it is queued;
 *   <li>else it stays.
 * </ol>
 *
 * A group whose readers were not counted for long enough may be read by many, so while memory is fine it stays.
 */
public final class ArchiveRule {
    private final double watermark;
    private final ScoreWeights weights;

    /**
     * A rule with the node's settings; those of tables come with each question.
     *
     * @param watermark a share of the memory limit, above 0 and at most 1
     */
    public ArchiveRule(double watermark, ScoreWeights weights) {
        this.watermark = watermark;
        this.weights = weights;
    }

    /**
     * Decides about one row group.
     *
     * @param memoryUse the share of the memory limit in use
     */
    public ArchiveDecision decide(RowGroup group, ArchiveSettings settings, double memoryUse) {
        if (group.ageMillis() < settings.minAge()) {
            return new ArchiveDecision.Stay(
                    "young: age=" + group.ageMillis() + "ms min_age=" + settings.minAge() + "ms");
        }
        if (memoryUse >= watermark) {
            return new ArchiveDecision.Archive("old, and memory is short: " + memory(memoryUse));
        }
        if (group.distinctReaders().isEmpty()) {
            return new ArchiveDecision.Stay(
                    "old, but memory is fine and readers were not counted for long enough: " + memory(memoryUse));
        }
        int readers = group.distinctReaders().getAsInt();
        var counted = "readers=" + readers + " max_reads=" + settings.maxReads();
        if (!isHardlyRead(readers, settings)) {
            return new ArchiveDecision.Stay("old, but memory is fine and it is read: " + counted);
        }
        double score = score(group.ageMillis(), readers, settings, memoryUse);
        return new ArchiveDecision.Queue(score, format("old and hardly read: %s score=%.2f", counted, score));
    }

    /** Whether so few have read it that it need not stay. */
    public static boolean isHardlyRead(int readers, ArchiveSettings settings) {
        return readers <= settings.maxReads();
    }

    /** From 0 to 1. Each part grows towards 1: fuller memory, more ages over the least one, fewer readers. */
    private double score(long ageMillis, int readers, ArchiveSettings settings, double memoryUse) {
        double memory = Math.clamp(memoryUse / watermark, 0, 1);
        double age = ageMillis <= 0 ? 0 : 1 - (double) settings.minAge() / ageMillis;
        double access = 1 - readers / (settings.maxReads() + 1.0);
        return weights.memory() * memory + weights.age() * age + weights.access() * access;
    }

    private String memory(double use) {
        return format("memory=%.0f%% watermark=%.0f%%", use * 100, watermark * 100);
    }

    @FormatMethod
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
