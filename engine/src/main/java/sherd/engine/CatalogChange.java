package sherd.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.archive.TableEntry;

/** The changes the engine makes to the catalog; each gives the next version. */
final class CatalogChange {
    private static final String NEXT_SEQUENCE = "next_sequence";
    private static final String CHECKPOINT_SEQUENCE = "checkpoint_sequence";

    private CatalogChange() {}

    /** The number of the next segment; numbers are never used twice. */
    static long nextSequence(CatalogState state) {
        return Long.parseLong(state.state().getOrDefault(NEXT_SEQUENCE, "1"));
    }

    /**
     * Segments with lower numbers hold nothing that the commit log would be replayed onto: their rows had left memory
     * when the last checkpoint began.
     */
    static long checkpointSequence(CatalogState state) {
        return Long.parseLong(state.state().getOrDefault(CHECKPOINT_SEQUENCE, "0"));
    }

    static CatalogState addTable(CatalogState old, TableEntry table) {
        var tables = new ArrayList<>(old.tables());
        tables.add(table);
        return next(old, table.id() + 1, old.checkpointLsn(), tables, old.segments());
    }

    static CatalogState removeTable(CatalogState old, int id) {
        return next(
                old,
                old.nextTableId(),
                old.checkpointLsn(),
                old.tables().stream().filter(table -> table.id() != id).toList(),
                segmentsBut(old, entry -> entry.tableId() == id));
    }

    static CatalogState addSegment(CatalogState old, SegmentEntry segment) {
        var segments = new ArrayList<>(old.segments());
        segments.add(segment);
        return next(old, old.nextTableId(), old.checkpointLsn(), old.tables(), segments);
    }

    /** Takes out some segments, gives some that stay another state, and adds others. */
    static CatalogState replaceSegments(
            CatalogState old, Set<Long> gone, Map<Long, Map<String, String>> states, List<SegmentEntry> added) {
        var segments = new ArrayList<SegmentEntry>();
        for (var entry : segmentsBut(old, entry -> gone.contains(entry.sequence()))) {
            var changed = new HashMap<>(entry.state());
            changed.putAll(states.getOrDefault(entry.sequence(), Map.of()));
            segments.add(new SegmentEntry(entry.meta(), entry.tableId(), entry.purpose(), entry.sequence(), changed));
        }
        segments.addAll(added);
        return next(old, old.nextTableId(), old.checkpointLsn(), old.tables(), segments);
    }

    /** Gives some segments another state, those that are still there. */
    static CatalogState changeStates(CatalogState old, Map<Long, Map<String, String>> states) {
        return replaceSegments(old, Set.of(), states, List.of());
    }

    /** Keeps something more besides tables and segments. */
    static CatalogState changeState(CatalogState old, Map<String, String> more) {
        var next = next(old, old.nextTableId(), old.checkpointLsn(), old.tables(), old.segments());
        var state = new HashMap<>(next.state());
        state.putAll(more);
        return new CatalogState(
                next.version(), next.nextTableId(), next.checkpointLsn(), next.tables(), next.segments(), state);
    }

    /** Takes out all segments of a table. */
    static CatalogState removeSegments(CatalogState old, int tableId) {
        return next(
                old,
                old.nextTableId(),
                old.checkpointLsn(),
                old.tables(),
                segmentsBut(old, entry -> entry.tableId() == tableId));
    }

    /** Puts a new checkpoint in the place of the old one. Tables made since it began stay as they are. */
    static CatalogState replaceCheckpoint(
            CatalogState old,
            long lsn,
            long sequence,
            Map<Integer, TableEntry> checkpointed,
            List<SegmentEntry> written) {
        var tables = old.tables().stream()
                .map(table -> checkpointed.getOrDefault(table.id(), table))
                .toList();
        var segments = new ArrayList<>(segmentsBut(old, entry -> entry.purpose() == Purpose.CHECKPOINT));
        for (var entry : written) {
            if (tables.stream().anyMatch(table -> table.id() == entry.tableId())) {
                segments.add(entry);
            }
        }
        var next = next(old, old.nextTableId(), lsn, tables, segments);
        var state = new HashMap<>(next.state());
        state.put(CHECKPOINT_SEQUENCE, Long.toString(sequence));
        return new CatalogState(
                next.version(), next.nextTableId(), next.checkpointLsn(), next.tables(), next.segments(), state);
    }

    private static List<SegmentEntry> segmentsBut(CatalogState old, Predicate<SegmentEntry> without) {
        return old.segments().stream().filter(without.negate()).toList();
    }

    private static CatalogState next(
            CatalogState old, int nextTableId, long lsn, List<TableEntry> tables, List<SegmentEntry> segments) {
        long sequence = nextSequence(old);
        for (var segment : segments) {
            sequence = Math.max(sequence, segment.sequence() + 1);
        }
        var state = new HashMap<>(old.state());
        state.put(NEXT_SEQUENCE, Long.toString(sequence));
        return new CatalogState(old.version() + 1, nextTableId, lsn, tables, segments, state);
    }
}
