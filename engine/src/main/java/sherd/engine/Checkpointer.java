package sherd.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.archive.TableEntry;
import sherd.engine.column.ColumnChunk;
import sherd.engine.error.StoreException;
import sherd.engine.lifecycle.CheckpointRule;
import sherd.engine.observe.Event;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.LogSegment;
import sherd.engine.table.RecordSegment;
import sherd.engine.table.RecordStore;
import sherd.engine.table.TableState;

/**
 * Writes what is in memory as segments, so that the commit log before it can go. Writes go on meanwhile: the copy is
 * of no single moment, but it has everything that the log had at its start, and replaying the log from there on brings
 * every row to its latest state.
 */
final class Checkpointer {
    private final Maintenance maintenance;
    private final CheckpointRule rule;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long doneAt;
    private volatile boolean running;
    private volatile boolean failed;

    Checkpointer(Maintenance maintenance, CheckpointRule rule) {
        this.maintenance = maintenance;
        this.rule = rule;
        this.doneAt = maintenance.clock().epochMillis();
    }

    /** Whoever looks whether one is due will find it so. False if one is asked for, or under way, already. */
    boolean ask() {
        return !running && asked.compareAndSet(false, true);
    }

    CheckpointStatus status() {
        return new CheckpointStatus(doneAt, running || asked.get(), failed);
    }

    /** Whether one was asked for, or the commit log has grown enough. */
    boolean due() {
        return asked.get() || hasGrown();
    }

    private boolean hasGrown() {
        long rowBytes = 0;
        for (var entry : maintenance.database().state().segments()) {
            rowBytes += entry.purpose() == Purpose.CHECKPOINT ? entry.meta().rawBytes() : 0;
        }
        return rule.due(
                maintenance.log().retainedBytes(), rowBytes, maintenance.disk().freeBytes());
    }

    void run() {
        maintenance.turn().lock();
        running = true;
        asked.set(false);
        boolean done = false;
        try {
            checkpoint();
            done = true;
            doneAt = maintenance.clock().epochMillis();
        } finally {
            failed = !done;
            running = false;
            maintenance.turn().unlock();
        }
    }

    private void checkpoint() {
        long started = maintenance.clock().epochMillis();
        var database = maintenance.database();
        long lsn = maintenance.log().end();
        long sequence = database.nextSequence();
        var written = new ArrayList<SegmentEntry>();
        var tables = new HashMap<Integer, TableEntry>();
        try {
            for (var table : database.tables()) {
                var state = new ArrayList<TableState.ShardState>();
                written.addAll(table.isRecord() ? records(table, state) : logRows(table, state));
                tables.put(table.id(), new TableEntry(table.id(), table.definition(), new TableState(state).encode()));
            }
            maintenance.log().sync(); // what the copies hold beyond the start must not outlive a log that lost it
        } catch (StoreException | Error e) {
            SegmentFiles.discard(maintenance.disk(), written, e);
            throw e;
        }
        var before = database.state();
        database.commit(old -> CatalogChange.replaceCheckpoint(old, lsn, sequence, tables, written), written);
        SegmentFiles.delete(maintenance.disk(), SegmentFiles.checkpoints(before.segments()));
        maintenance.log().truncateBefore(lsn);
        long rows = written.stream().mapToLong(entry -> entry.meta().rows()).sum();
        maintenance
                .events()
                .on(new Event.CheckpointDone(
                        lsn, written.size(), rows, maintenance.clock().epochMillis() - started));
    }

    private List<SegmentEntry> records(ShardedTable table, List<TableState.ShardState> state) {
        var segment = new RecordSegment(table.definition());
        var output = new SegmentOutput(maintenance, table, "ckp", Purpose.CHECKPOINT);
        try (output;
                var rows = new RecordRows(maintenance.budget())) {
            rows.forEach(
                    table,
                    (shard, record) ->
                            !RecordStore.isCached(record), // expired rows too: they still cover archived ones
                    (put, shadows) -> {
                        segment.add(output.writer(), put);
                        output.rowAdded();
                    });
            for (var shard : table.shards()) {
                shard.lock();
                try {
                    state.add(new TableState.ShardState(
                            shard.id(), shard.records().graves(), 0));
                } finally {
                    shard.unlock();
                }
            }
            return output.seal();
        }
    }

    private List<SegmentEntry> logRows(ShardedTable table, List<TableState.ShardState> state) {
        var segment = new LogSegment(table.definition());
        try (var output = new SegmentOutput(maintenance, table, "ckp", Purpose.CHECKPOINT)) {
            for (var shard : table.shards()) {
                var chunks = snapshot(shard, state);
                try {
                    for (var chunk : chunks) {
                        for (int row = 0; row < Math.min(chunk.rows(), rowsAt(state, chunk)); row++) {
                            segment.add(output.writer(), chunk, row, shard.id());
                            output.rowAdded();
                        }
                    }
                } finally {
                    chunks.forEach(ColumnChunk::release);
                }
            }
            return output.seal();
        }
    }

    /** Rows of a chunk that were there when the shard's next id was noted; later ones come from the log. */
    private static int rowsAt(List<TableState.ShardState> state, ColumnChunk chunk) {
        return (int) Math.min(Integer.MAX_VALUE, state.getLast().nextRow() - chunk.firstRow());
    }

    private static List<ColumnChunk> snapshot(Shard shard, List<TableState.ShardState> state) {
        shard.lock();
        try {
            state.add(new TableState.ShardState(shard.id(), 0, shard.log().nextRow()));
            return shard.log().snapshot();
        } finally {
            shard.unlock();
        }
    }
}
