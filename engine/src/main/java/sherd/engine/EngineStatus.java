package sherd.engine;

import java.util.Map;

/**
 * The engine at a glance.
 *
 * @param memory bytes by purpose
 * @param idleMemory bytes taken from the system and free for reuse
 * @param damagedSegments of these, set aside
 * @param recoveredChanges changes replayed at start
 */
public record EngineStatus(
        long uptimeMillis,
        Map<String, Long> memory,
        long memoryUsed,
        long memoryLimit,
        long idleMemory,
        long lsn,
        long durableLsn,
        long logBytes,
        long checkpointLsn,
        long routeVersion,
        int tables,
        int segments,
        long damagedSegments,
        long recoveredChanges) {
    public EngineStatus {
        memory = Map.copyOf(memory);
    }
}
