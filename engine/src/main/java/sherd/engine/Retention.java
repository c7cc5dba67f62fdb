package sherd.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sherd.engine.memory.OffHeap;
import sherd.engine.observe.Event;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.RecordStore;
import sherd.engine.table.SegmentState;
import sherd.engine.table.TableSegments;

/**
 * Drops segments whose rows are all older than their table keeps them. A row of a log table is as old as its time says;
 * one of a record table as its last write, which was before its segment was made.
 *
 * <p>What is dropped must not come back from the commit log, and no change in the log may build on it. So a checkpoint
 * comes first, unless the last one is younger than the segments.
 */
final class Retention {
    private final Maintenance maintenance;
    private final Checkpointer checkpointer;

    Retention(Maintenance maintenance, Checkpointer checkpointer) {
        this.maintenance = maintenance;
        this.checkpointer = checkpointer;
    }

    /** Rows before this time have to go; nothing is before it if the table keeps all. */
    static long cutoff(ShardedTable table, long now) {
        long retention = table.definition().archive().retention();
        return retention <= 0 ? Long.MIN_VALUE : now - retention;
    }

    /** Drops what has to go; returns how many segments that were. */
    int apply(ShardedTable table) {
        if (table.definition().archive().retention() <= 0) {
            return 0;
        }
        maintenance.turn().lock();
        try {
            long cutoff = cutoff(table, maintenance.clock().epochMillis());
            var gone = table.isRecord() ? oldRecords(table, cutoff) : oldLines(table, cutoff);
            if (gone.isEmpty() || table.dropped()) {
                return 0;
            }
            if (table.isRecord()) {
                dropRecords(table, gone);
            } else {
                dropLines(table, gone);
            }
            long rows = gone.stream()
                    .mapToLong(entry -> entry.segment().meta().rows())
                    .sum();
            var name = table.definition().name().toString();
            maintenance.events().on(new Event.RetentionDone(name, gone.size(), rows));
            return gone.size();
        } finally {
            maintenance.turn().unlock();
        }
    }

    private static List<TableSegments.Entry> oldLines(ShardedTable table, long cutoff) {
        return Maintenance.segments(table).newestFirst().stream()
                .filter(entry -> entry.segment().meta().maxTime() < cutoff)
                .toList();
    }

    /** The oldest only, or a version would go that covers an older one. Damaged ones stay: their keys are not known. */
    private static List<TableSegments.Entry> oldRecords(ShardedTable table, long cutoff) {
        var old = new ArrayList<TableSegments.Entry>();
        for (var entry : Maintenance.segments(table).newestFirst().reversed()) {
            if (entry.segment().meta().createdSeconds() * 1000 >= cutoff
                    || entry.segment().damage() != null) {
                break;
            }
            old.add(entry);
        }
        return old;
    }

    private void dropLines(ShardedTable table, List<TableSegments.Entry> gone) {
        long covered = CatalogChange.checkpointSequence(maintenance.database().state());
        if (gone.stream().anyMatch(entry -> entry.sequence() >= covered)) {
            checkpointer.run();
        }
        maintenance
                .database()
                .commit(old -> CatalogChange.replaceSegments(old, Merger.sequences(gone), Map.of(), List.of()));
        Maintenance.replace(table, gone, List.of(), () -> {}).release();
    }

    /**
     * First the table stops reading the segments, so that nobody builds on their rows any more; then a checkpoint takes
     * what was built on them; then the catalog forgets them, and last memory forgets that it covered them.
     */
    private void dropRecords(ShardedTable table, List<TableSegments.Entry> gone) {
        try (var uncovered = new KeyList(maintenance.budget())) {
            var states = survey(table, gone, uncovered);
            var before = detach(table, gone, states, uncovered);
            boolean committed = false;
            try {
                checkpointer.run();
                Map<Long, Map<String, String>> encoded = new HashMap<>();
                states.forEach((sequence, state) -> encoded.put(sequence, state.encode()));
                maintenance
                        .database()
                        .commit(old -> CatalogChange.replaceSegments(old, Merger.sequences(gone), encoded, List.of()));
                committed = true;
            } finally {
                if (!committed) {
                    attachAgain(table, before, uncovered);
                }
            }
            gone.forEach(entry -> entry.segment().retire());
            uncovered.forEachKnown(table, RecordStore::uncover);
            before.release();
        }
    }

    /**
     * Gathers the keys that no other segment has. Where another has one, the oldest of its versions replaces nothing any
     * more: returns the states that change by that.
     */
    private Map<Long, SegmentState> survey(ShardedTable table, List<TableSegments.Entry> gone, KeyList uncovered) {
        var segments = Maintenance.segments(table);
        var oldestFirst = segments.newestFirst().reversed();
        var states = new HashMap<Long, SegmentState>();
        try (var keys = new ArchivedKeys(table, segments, maintenance.clock(), maintenance.budget())) {
            for (int i = 0; i < gone.size(); i++) {
                keys.open(gone.get(i));
                for (long row = 0; row < gone.get(i).segment().meta().rows(); row++) {
                    keys.seek(row);
                    long hash = OffHeap.hash(keys.keyAddress(), keys.keyLength());
                    var next = next(oldestFirst.subList(i + 1, oldestFirst.size()), hash, keys.key());
                    if (next == null) {
                        uncovered.add(keys.keyAddress(), keys.keyLength());
                    } else if (next.sequence() > gone.getLast().sequence()) {
                        var state = states.getOrDefault(next.sequence(), next.state());
                        states.put(next.sequence(), new SegmentState(state.replaces() - 1, state.ranges()));
                    }
                }
            }
        }
        return states;
    }

    private static TableSegments.@org.jspecify.annotations.Nullable Entry next(
            List<TableSegments.Entry> newer, long hash, byte[] key) {
        for (var entry : newer) {
            if (TableSegments.has(entry, hash, key)) {
                return entry;
            }
        }
        return null;
    }

    private static ArchivedRows detach(
            ShardedTable table, List<TableSegments.Entry> gone, Map<Long, SegmentState> states, KeyList uncovered) {
        var homes = table.homes().writeLock();
        homes.lock();
        try {
            var segments = Maintenance.segments(table);
            var out = new ArrayList<>(gone);
            var changed = new ArrayList<TableSegments.Entry>();
            for (var entry : segments.newestFirst()) {
                var state = states.get(entry.sequence());
                if (state != null) {
                    out.add(entry);
                    changed.add(new TableSegments.Entry(entry.segment(), entry.sequence(), state));
                }
            }
            var before = table.archived(segments.replacing(out, changed));
            uncovered.forEachKnown(table, RecordStore::dropCopy);
            return before;
        } finally {
            homes.unlock();
        }
    }

    /** The disk failed: the catalog has the segments still, so what came since covers their rows. */
    private static void attachAgain(ShardedTable table, ArchivedRows before, KeyList uncovered) {
        var homes = table.homes().writeLock();
        ArchivedRows without;
        homes.lock();
        try {
            without = table.archived(before);
            uncovered.forEachKnown(table, store -> {
                store.dropCopy();
                if (!store.unknown()) {
                    store.markShadowing();
                }
            });
        } finally {
            homes.unlock();
        }
        without.release();
    }
}
