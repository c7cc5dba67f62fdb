package sherd.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The engine at a glance.
 *
 * @param memory bytes by purpose
 * @param idleMemory bytes taken from the system and free for reuse
 * @param unusedMemory of what is used for records, the bytes that no record or index page has: the price of sizes that
 *     change
 * @param damagedSegments of the segments, those that are set aside
 * @param homes segments by where they are, as {@link SegmentStatus} says it
 * @param objects null without object storage
 * @param recoveredChanges changes replayed at start
 */
public record EngineStatus(
        long uptimeMillis,
        Map<String, Long> memory,
        long memoryUsed,
        long memoryLimit,
        long idleMemory,
        long unusedMemory,
        long lsn,
        long durableLsn,
        long logBytes,
        long checkpointLsn,
        long routeVersion,
        int tables,
        int segments,
        long damagedSegments,
        Map<String, Long> homes,
        @Nullable ObjectsStatus objects,
        long recoveredChanges) {
    public EngineStatus {
        memory = Map.copyOf(memory);
        homes = Map.copyOf(homes);
    }
}
