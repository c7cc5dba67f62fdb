package sherd.engine;

import sherd.engine.route.ShardedTable;

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
            maintenance.database().commit(old -> CatalogChange.removeSegments(old, table.id()));
            var before = Maintenance.letGo(table, maintenance.budget());
            try {
                return keySpace.flush(table);
            } finally {
                before.release();
                SegmentFiles.delete(maintenance.disk(), SegmentFiles.checkpoints(gone));
            }
        } finally {
            homes.unlock();
            maintenance.turn().unlock();
        }
    }
}
