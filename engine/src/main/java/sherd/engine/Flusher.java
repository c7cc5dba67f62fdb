package sherd.engine;

import sherd.engine.route.ShardedTable;
import sherd.engine.table.TableSegments;

/** Empties a table: its segments leave the catalog, then memory and the commit log forget its rows. */
final class Flusher {
    private final Maintenance maintenance;
    private final KeySpace keySpace;

    Flusher(Maintenance maintenance, KeySpace keySpace) {
        this.maintenance = maintenance;
        this.keySpace = keySpace;
    }

    long flush(ShardedTable table) {
        if (Maintenance.segments(table).newestFirst().isEmpty()) {
            return keySpace.flush(table);
        }
        maintenance.turn().lock();
        var homes = table.homes().writeLock();
        homes.lock();
        try {
            var gone = maintenance.database().state().segments().stream()
                    .filter(entry -> entry.tableId() == table.id())
                    .toList();
            var segments = Maintenance.segments(table);
            maintenance.database().commit(old -> CatalogChange.removeSegments(old, table.id()));
            table.archived(new TableSegments(table.definition(), java.util.List.of(), maintenance.budget()));
            segments.newestFirst().forEach(entry -> entry.segment().close());
            long lsn = keySpace.flush(table);
            SegmentFiles.delete(maintenance.disk(), gone);
            return lsn;
        } finally {
            homes.unlock();
            maintenance.turn().unlock();
        }
    }
}
