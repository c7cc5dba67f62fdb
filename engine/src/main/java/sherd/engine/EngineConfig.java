package sherd.engine;

import sherd.engine.log.SyncPolicy;
import sherd.engine.schema.ArchiveSettings;

/**
 * How an engine runs.
 *
 * @param memoryLimit bytes over everything that grows with the data
 * @param syncIntervalMillis of {@link SyncPolicy#INTERVAL}
 * @param checkpointBytes no checkpoint is taken before the commit log has grown by this
 * @param defaultShards of tables that do not say
 * @param archive of tables that do not say
 * @param watermark share of the memory limit above which old rows are archived at once
 * @param mergeWidth neighbouring segments of one size that become one; 0 merges none
 * @param node this node's name in routing tables
 */
public record EngineConfig(
        long memoryLimit,
        SyncPolicy sync,
        long syncIntervalMillis,
        long checkpointBytes,
        int defaultShards,
        ArchiveSettings archive,
        double watermark,
        int mergeWidth,
        String node) {
    public static final EngineConfig DEFAULT = new EngineConfig(
            1L << 30, SyncPolicy.INTERVAL, 100, 3L << 29, 64, ArchiveSettings.DEFAULT, 0.85, 8, "local");

    public EngineConfig withSync(SyncPolicy policy) {
        return new EngineConfig(
                memoryLimit,
                policy,
                syncIntervalMillis,
                checkpointBytes,
                defaultShards,
                archive,
                watermark,
                mergeWidth,
                node);
    }

    public EngineConfig withMemoryLimit(long bytes) {
        return new EngineConfig(
                bytes, sync, syncIntervalMillis, checkpointBytes, defaultShards, archive, watermark, mergeWidth, node);
    }

    public EngineConfig withShards(int shards) {
        return new EngineConfig(
                memoryLimit, sync, syncIntervalMillis, checkpointBytes, shards, archive, watermark, mergeWidth, node);
    }

    public EngineConfig withArchive(ArchiveSettings settings) {
        return new EngineConfig(
                memoryLimit,
                sync,
                syncIntervalMillis,
                checkpointBytes,
                defaultShards,
                settings,
                watermark,
                mergeWidth,
                node);
    }

    public EngineConfig withCheckpointBytes(long bytes) {
        return new EngineConfig(
                memoryLimit, sync, syncIntervalMillis, bytes, defaultShards, archive, watermark, mergeWidth, node);
    }

    public EngineConfig withMergeWidth(int width) {
        return new EngineConfig(
                memoryLimit, sync, syncIntervalMillis, checkpointBytes, defaultShards, archive, watermark, width, node);
    }
}
