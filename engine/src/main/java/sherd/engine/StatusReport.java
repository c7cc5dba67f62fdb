package sherd.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sherd.engine.archive.CatalogState;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.SlabPool;
import sherd.engine.objects.ObjectFiles;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;

/** Puts figures together for status pages. */
final class StatusReport {
    private StatusReport() {}

    static TableStatus of(ShardedTable table) {
        long hotRows = 0;
        long hotBytes = 0;
        for (var shard : table.shards()) {
            shard.lock();
            try {
                switch (shard.rows()) {
                    case Shard.Records(var store) -> {
                        hotRows += store.liveRows();
                        hotBytes += store.heldBytes();
                    }
                    case Shard.Log(var store) -> {
                        hotRows += store.rows();
                        hotBytes += store.heldBytes();
                    }
                }
            } finally {
                shard.unlock();
            }
        }
        var segments = Maintenance.segments(table).newestFirst().stream()
                .map(entry -> Maintenance.status(entry.segment()))
                .toList();
        long archivedBytes =
                segments.stream().mapToLong(SegmentStatus::sizeBytes).sum();
        long shadowed = table.isRecord() ? hotRows + table.archived().rows() - KeySpace.size(table) : 0;
        return new TableStatus(
                hotRows, Math.max(0, table.archived().rows() - shadowed), hotBytes, archivedBytes, segments);
    }

    /** Segments of a table that are set aside. */
    static long damaged(ShardedTable table) {
        return Maintenance.segments(table).newestFirst().stream()
                .filter(entry -> entry.segment().damage() != null)
                .count();
    }

    private static Map<String, Long> homes(List<ShardedTable> tables) {
        var homes = new TreeMap<String, Long>();
        for (var table : tables) {
            for (var entry : Maintenance.segments(table).newestFirst()) {
                homes.merge(Maintenance.status(entry.segment()).state(), 1L, Long::sum);
            }
        }
        return homes;
    }

    private static ObjectsStatus of(ObjectFiles objects) {
        var pages = objects.pages().figures();
        return new ObjectsStatus(
                objects.store().describe(),
                objects.store().isAway(),
                objects.unwanted().size(),
                pages.requests(),
                pages.fetchedBytes(),
                pages.found(),
                pages.bytes());
    }

    private static long unusedBytes(ShardedTable table) {
        long unused = 0;
        for (var shard : table.shards()) {
            if (shard.rows() instanceof Shard.Records(var store)) {
                unused += store.unusedBytes(); // a figure that may be a little out of date, so without the lock
            }
        }
        return unused;
    }

    static EngineStatus of(
            MemoryBudget budget,
            SlabPool pool,
            CommitLog log,
            CatalogState state,
            Optional<ObjectFiles> objects,
            List<ShardedTable> tables,
            long uptimeMillis,
            long recoveredChanges) {
        var memory = new TreeMap<String, Long>();
        for (var purpose : MemoryBudget.Purpose.values()) {
            memory.put(purpose.name().toLowerCase(Locale.ROOT), budget.usedBytes(purpose));
        }
        long routeVersion = tables.stream()
                .mapToLong(table -> table.routes().version())
                .max()
                .orElse(0);
        int segments = tables.stream()
                .mapToInt(table -> Maintenance.segments(table).newestFirst().size())
                .sum();
        return new EngineStatus(
                uptimeMillis,
                memory,
                budget.usedBytes(),
                budget.limitBytes(),
                pool.idleBytes(),
                tables.stream().mapToLong(StatusReport::unusedBytes).sum(),
                log.end(),
                log.durable(),
                log.retainedBytes(),
                state.checkpointLsn(),
                routeVersion,
                tables.size(),
                segments,
                tables.stream().mapToLong(StatusReport::damaged).sum(),
                homes(tables),
                objects.map(StatusReport::of).orElse(null),
                recoveredChanges);
    }
}
