package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.memory.OffHeap;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.RecordStore;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.SegmentState;
import sherd.engine.table.TableSegments;

/**
 * One merge of the newest segments of a record table, in its turn. Of each key the newest version stays, unless
 *
 * <ul>
 *   <li>memory has one of its own, or knows that the key was removed, and the last checkpoint has that key: the commit
 *       log is replayed onto the checkpoint's row, so nothing builds on the archived one any more;
 *   <li>its time has passed, no older segment has the key, and the row had left memory when the last checkpoint began,
 *       so that the log has no change of it.
 * </ul>
 *
 * What memory kept because of a row that is gone goes too: tombstones, and the marks of rows that cover one.
 */
final class RecordMerge {
    private final Maintenance maintenance;
    private final ShardedTable table;
    private final List<TableSegments.Entry> sources;
    private final List<TableSegments.Entry> older = new ArrayList<>();
    private final long covered;
    private long replaces;

    /** @param sources the newest of the table, oldest first */
    RecordMerge(Maintenance maintenance, ShardedTable table, List<TableSegments.Entry> sources) {
        this.maintenance = maintenance;
        this.table = table;
        this.sources = sources;
        this.covered = CatalogChange.checkpointSequence(maintenance.database().state());
    }

    List<SegmentStatus> run() {
        long started = maintenance.clock().epochMillis();
        var segments = Maintenance.segments(table);
        for (var entry : segments.newestFirst()) {
            if (entry.sequence() < sources.getFirst().sequence()) {
                older.add(entry);
            }
        }
        try (var uncovered = new KeyList(maintenance.budget());
                var keys = new ArchivedKeys(table, segments, maintenance.clock(), maintenance.budget());
                var saved = new KeyHashes(maintenance.budget());
                var output = SegmentOutput.merged(maintenance, table)) {
            findSaved(keys, saved);
            for (int i = 0; i < sources.size(); i++) {
                copy(i, keys, saved, output, uncovered);
            }
            var made = commit(output.seal(), uncovered);
            maintenance.merged(table, sources.size(), made, started);
            return made;
        }
    }

    /** Of the keys that memory has a version of, those that the last checkpoint has, which is read once through. */
    private void findSaved(ArchivedKeys keys, KeyHashes saved) {
        try (var own = new KeyHashes(maintenance.budget())) {
            for (var source : sources) {
                keys.open(source);
                for (long row = 0; row < source.segment().meta().rows(); row++) {
                    keys.seek(row);
                    if (keys.inMemory()) {
                        own.add(keys.key());
                    }
                }
            }
            if (own.isEmpty()) {
                return;
            }
            var cache = new SegmentCache(maintenance.budget(), 0);
            int keyColumn = new SegmentSchema(table.definition()).key();
            for (var entry : maintenance.database().state().segments()) {
                if (entry.tableId() == table.id() && entry.purpose() == Purpose.CHECKPOINT) {
                    try (var segment = Segment.open(maintenance.disk(), entry.meta(), cache)) {
                        var cursor = segment.walk();
                        for (long row = 0; row < segment.meta().rows(); row++) {
                            cursor.seek(row);
                            var key = cursor.getBytes(keyColumn);
                            if (own.contains(key)) {
                                saved.add(key);
                            }
                        }
                    }
                }
            }
        }
    }

    private void copy(int index, ArchivedKeys keys, KeyHashes saved, SegmentOutput output, KeyList uncovered) {
        var source = sources.get(index);
        keys.open(source);
        long rows = source.segment().meta().rows();
        for (long row = 0; row < rows; row++) {
            output.rest();
            boolean live = keys.seek(row);
            long hash = OffHeap.hash(keys.keyAddress(), keys.keyLength());
            if (anyHas(sources.subList(index + 1, sources.size()), hash, keys.key())) {
                continue;
            }
            boolean olderHas = anyHas(older, hash, keys.key());
            boolean gone =
                    keys.inMemory() ? saved.contains(keys.key()) : !live && !olderHas && source.sequence() < covered;
            if (!gone) {
                source.segment().guard(() -> {
                    output.writer().copyRow(keys.cursor());
                    return true;
                });
                replaces += olderHas ? 1 : 0;
            } else if (!olderHas) {
                uncovered.add(keys.keyAddress(), keys.keyLength());
            }
        }
    }

    private static boolean anyHas(List<TableSegments.Entry> entries, long hash, byte[] key) {
        for (var entry : entries) {
            if (TableSegments.has(entry, hash, key)) {
                return true;
            }
        }
        return false;
    }

    private List<SegmentStatus> commit(List<SegmentEntry> sealed, KeyList uncovered) {
        var gone = Merger.sequences(sources);
        var added = new ArrayList<TableSegments.Entry>();
        if (sealed.isEmpty()) { // no row is kept
            maintenance.database().commit(old -> CatalogChange.replaceSegments(old, gone, Map.of(), List.of()));
        } else {
            var state = new SegmentState(replaces, List.of());
            added.add(maintenance.publish(
                    sealed.getFirst(),
                    state,
                    (old, entry) -> CatalogChange.replaceSegments(old, gone, Map.of(), List.of(entry))));
        }
        Maintenance.replace(table, sources, added, () -> uncovered.forEachKnown(table, RecordStore::uncover))
                .release();
        return added.stream().map(entry -> Maintenance.status(entry.segment())).toList();
    }
}
