package sherd.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.OpenSegments;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.archive.TermBloom;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.disk.Disk;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.SegmentState;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * What checkpoint and archiving share: one of them at a time, and how a segment of a table is begun.
 *
 * @param turn held by whoever moves rows between homes
 */
record Maintenance(
        Database database,
        CommitLog log,
        Disk disk,
        Clock clock,
        MemoryBudget budget,
        OpenSegments open,
        Events events,
        ReentrantLock turn,
        Pace pace) {
    /** Rows that leave memory in one segment at most; the work on one is bounded by it. */
    static final int MAX_ROWS = 1 << 20;

    private static final String WORDS = "words";

    /** A checkpoint is read from front to back only, so it has nothing to find rows by, which costs most of the work. */
    SegmentWriter begin(ShardedTable table, String prefix, Purpose purpose, long sequence, Compression compression) {
        var schema = new SegmentSchema(table.definition());
        boolean searched = purpose == Purpose.ARCHIVE;
        var spec = new SegmentSpec(
                SegmentFiles.id(prefix, clock.epochMillis(), sequence),
                SegmentFiles.FOLDER,
                table.definition().name(),
                searched
                        ? schema.columns()
                        : schema.columns().stream()
                                .map(SegmentColumn::unsearched)
                                .toList(),
                schema.time(),
                searched ? schema.key() : -1,
                compression);
        return SegmentWriter.create(disk, spec, clock, budget);
    }

    /** Makes a sealed segment part of the catalog; opened before, so that one that cannot be read never gets in. */
    TableSegments.Entry publish(SegmentEntry sealed, SegmentState state) {
        return publish(sealed, state, CatalogChange::addSegment);
    }

    /** The same with another change of the catalog. Whoever gets the entry has a reference to its segment. */
    TableSegments.Entry publish(
            SegmentEntry sealed, SegmentState state, BiFunction<CatalogState, SegmentEntry, CatalogState> change) {
        var kept = new HashMap<>(state.encode());
        kept.putAll(sealed.state());
        var entry = new SegmentEntry(sealed.meta(), sealed.tableId(), sealed.purpose(), sealed.sequence(), kept);
        var fresh = List.of(entry);
        var handle = handle(open, entry);
        handle.retain();
        boolean committed = false;
        try {
            try {
                log.sync(); // rows must not be in a segment while the log could still lose them
                handle.read(Segment::meta);
            } catch (StoreException | Error e) {
                SegmentFiles.discard(disk, fresh, e);
                throw e;
            }
            database.commit(old -> change.apply(old, entry), fresh);
            committed = true;
        } finally {
            if (!committed) {
                handle.release();
            }
        }
        return new TableSegments.Entry(handle, entry.sequence(), state);
    }

    static SegmentHandle handle(OpenSegments open, SegmentEntry entry) {
        var words = TermBloom.decode(entry.state().getOrDefault(WORDS, ""));
        return open.handle(entry.meta(), words, entry.home());
    }

    /** What the catalog keeps of a segment that the writer knows alone. */
    static Map<String, String> stateOf(SegmentWriter writer, Purpose purpose) {
        return switch (purpose) {
            case ARCHIVE ->
                writer.words().map(words -> Map.of(WORDS, words.encode())).orElse(Map.of());
            case CHECKPOINT -> Map.of();
        };
    }

    /** Adds a published segment to what the table reads, which takes over its reference; returns what to release. */
    static ArchivedRows attach(ShardedTable table, TableSegments.Entry entry) {
        var before = table.archived(segments(table).with(entry));
        entry.segment().release();
        return before;
    }

    /**
     * Puts published segments, whose references the table takes over, in the place of others, which the catalog no longer
     * names; does something more before anyone else sees it. Returns what to release.
     */
    static ArchivedRows replace(
            ShardedTable table, List<TableSegments.Entry> gone, List<TableSegments.Entry> added, Runnable together) {
        var homes = table.homes().writeLock();
        homes.lock();
        try {
            var before = table.archived(segments(table).replacing(gone, added));
            added.forEach(entry -> entry.segment().release());
            gone.forEach(entry -> entry.segment().retire());
            together.run();
            return before;
        } finally {
            homes.unlock();
        }
    }

    /**
     * Takes all segments, which the catalog no longer names, from a table; returns what to release. Under its homes held
     * for writing.
     */
    static ArchivedRows letGo(ShardedTable table, MemoryBudget budget) {
        segments(table).newestFirst().forEach(entry -> entry.segment().retire());
        return table.archived(new TableSegments(table.definition(), List.of(), budget));
    }

    static TableSegments segments(ShardedTable table) {
        return (TableSegments) table.archived();
    }

    static SegmentStatus status(SegmentHandle segment) {
        var meta = segment.meta();
        var damage = segment.damage();
        return new SegmentStatus(
                meta.id(),
                meta.file(),
                meta.rows(),
                meta.minTime(),
                meta.maxTime(),
                meta.sizeBytes(),
                meta.sha256(),
                damage == null ? segment.home().state().label() : "quarantined",
                damage == null ? "" : damage);
    }

    /** Tells of segments that were made of several. */
    void merged(ShardedTable table, int sources, List<SegmentStatus> made, long startedMillis) {
        for (var segment : made) {
            events.on(new Event.MergeDone(
                    table.definition().name().toString(),
                    segment.id(),
                    sources,
                    segment.rows(),
                    clock.epochMillis() - startedMillis));
        }
    }
}
