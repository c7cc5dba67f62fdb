package sherd.engine;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.disk.Disk;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Events;
import sherd.engine.route.ShardedTable;
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
        SegmentCache cache,
        Events events,
        ReentrantLock turn) {
    /** Rows a segment takes at most; the work on one is bounded by it. */
    static final int MAX_ROWS = 1 << 20;

    SegmentWriter begin(ShardedTable table, String prefix, long sequence) {
        var schema = new SegmentSchema(table.definition());
        var spec = new SegmentSpec(
                SegmentFiles.id(prefix, clock.epochMillis(), sequence),
                SegmentFiles.FOLDER,
                table.definition().name(),
                schema.columns(),
                schema.time(),
                schema.key());
        return SegmentWriter.create(disk, spec, clock, budget);
    }

    /** Makes a sealed segment part of the catalog; opened before, so that one that cannot be read never gets in. */
    TableSegments.Entry publish(SegmentEntry sealed, SegmentState state) {
        var entry =
                new SegmentEntry(sealed.meta(), sealed.tableId(), sealed.purpose(), sealed.sequence(), state.encode());
        var fresh = List.of(entry);
        Segment segment;
        try {
            log.sync(); // rows must not be in a segment while the log could still lose them
            segment = Segment.open(disk, entry.meta(), cache);
        } catch (StoreException | Error e) {
            SegmentFiles.discard(disk, fresh, e);
            throw e;
        }
        boolean committed = false;
        try {
            database.commit(old -> CatalogChange.addSegment(old, entry), fresh);
            committed = true;
        } finally {
            if (!committed) {
                segment.close();
            }
        }
        return new TableSegments.Entry(segment, entry.sequence(), state);
    }

    /** Adds a sealed and committed segment to what the table reads. */
    static TableSegments.Entry attach(ShardedTable table, TableSegments.Entry entry) {
        table.archived(segments(table).with(entry));
        return entry;
    }

    static TableSegments segments(ShardedTable table) {
        return (TableSegments) table.archived();
    }

    static SegmentStatus status(Segment segment) {
        var meta = segment.meta();
        return new SegmentStatus(
                meta.id(), meta.file(), meta.rows(), meta.minTime(), meta.maxTime(), meta.sizeBytes(), "local");
    }
}
