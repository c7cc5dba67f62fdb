package sherd.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.OpenSegments;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.command.Kind;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.SlabPool;
import sherd.engine.route.Replay;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.LogSegment;
import sherd.engine.table.PlainRow;
import sherd.engine.table.RecordSegment;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.SegmentState;
import sherd.engine.table.TableSegments;
import sherd.engine.table.TableState;

/**
 * Brings the tables of a folder back: opens their segments, loads the checkpoint, and makes ready to replay what the
 * commit log has beyond it.
 */
final class Recovery {
    private final Database database;
    private final Disk disk;
    private final SegmentCache cache;
    private final OpenSegments open;
    private final SlabPool pool;
    private final MemoryBudget budget;
    /** Per table and shard: ids before this need no replay. */
    private final Map<Long, Long> rowsBefore = new HashMap<>();

    private final Map<Integer, TableSegments> segments = new HashMap<>();
    private long rows;

    Recovery(Database database, Disk disk, SegmentCache cache, OpenSegments open, SlabPool pool) {
        this.database = database;
        this.disk = disk;
        this.cache = cache;
        this.open = open;
        this.pool = pool;
        this.budget = pool.budget();
    }

    long rows() {
        return rows;
    }

    /** Everything but the commit log. */
    void load() {
        var state = database.state();
        for (var table : database.tables()) {
            openSegments(table, state);
            restoreShards(table, state);
        }
        for (var entry : state.segments()) {
            if (entry.purpose() == Purpose.CHECKPOINT) {
                var table = database.byId(entry.tableId());
                if (table != null) {
                    loadCheckpoint(table, entry);
                }
            }
        }
        for (var table : database.tables()) {
            if (!table.isRecord()) {
                resumeIds(table);
            }
        }
    }

    Replay replay() {
        return new Replay(database, this::known, pool);
    }

    private boolean known(int table, int shard, long row) {
        if (row < rowsBefore.getOrDefault(slot(table, shard), 0L)) {
            return true;
        }
        var archived = segments.get(table);
        return archived != null && archived.hasRow(shard, row);
    }

    private static long slot(int table, int shard) {
        return (long) table << 32 | shard;
    }

    private void openSegments(ShardedTable table, CatalogState state) {
        var entries = new ArrayList<TableSegments.Entry>();
        for (var entry : state.segments()) {
            if (entry.tableId() == table.id() && entry.purpose() == Purpose.ARCHIVE) {
                var handle = Maintenance.handle(open, entry);
                handle.admit();
                entries.add(new TableSegments.Entry(handle, entry.sequence(), SegmentState.decode(entry.state())));
            }
        }
        var archived = new TableSegments(table.definition(), entries, budget);
        segments.put(table.id(), archived);
        table.archived(archived).release();
    }

    private void restoreShards(ShardedTable table, CatalogState state) {
        for (var entry : state.tables()) {
            if (entry.id() != table.id()) {
                continue;
            }
            for (var saved : TableState.decode(entry.state()).shards()) {
                var shard = table.shard(saved.shard());
                if (shard == null) {
                    throw new StoreException(
                            ErrorCode.CORRUPT_CATALOG,
                            "the catalog names an unknown shard: table="
                                    + table.definition().name() + " shard=" + saved.shard());
                }
                if (table.isRecord()) {
                    shard.records().raiseGraves(saved.graves());
                }
                rowsBefore.put(slot(table.id(), saved.shard()), saved.nextRow());
            }
        }
    }

    private void loadCheckpoint(ShardedTable table, SegmentEntry entry) {
        try (var segment = Segment.open(disk, entry.meta(), cache)) {
            if (table.isRecord()) {
                loadRecords(table, segment);
            } else {
                loadLogRows(table, segment);
            }
        }
    }

    private void loadRecords(ShardedTable table, Segment segment) {
        var cursor = segment.cursor();
        var reader = new RecordSegment(table.definition());
        try (var plain = new PlainRow(budget)) {
            for (long row = 0; row < segment.meta().rows(); row++) {
                cursor.seek(row);
                if (reader.read(cursor, plain)) {
                    Replay.restore(table, plain, budget);
                    rows++;
                } else {
                    var stored = reader.read(cursor, budget);
                    Replay.restore(table, stored.shard(), stored.row(), budget);
                    rows += stored.row().kind() == Kind.ABSENT ? 0 : 1;
                }
            }
        }
    }

    /** Ids go on where they were, also when all rows were archived and the checkpoint has none. */
    private void resumeIds(ShardedTable table) {
        for (var shard : table.shards()) {
            shard.log().skipTo(rowsBefore.getOrDefault(slot(table.id(), shard.id()), 0L));
        }
    }

    private void loadLogRows(ShardedTable table, Segment segment) {
        var definition = table.definition();
        var schema = new SegmentSchema(definition);
        var rowsOf = new LogSegment(definition);
        var archived = segments.get(table.id());
        var cursor = segment.cursor();
        try (var batch = new RowBatch(definition.columns(), budget)) {
            for (long row = 0; row < segment.meta().rows(); row++) {
                cursor.seek(row);
                int shardId = (int) cursor.getLong(schema.shard());
                long id = rowsOf.id(cursor);
                var shard = table.shard(shardId);
                if (shard == null || (archived != null && archived.hasRow(shardId, id))) {
                    continue;
                }
                batch.clear();
                RowLayout.append(batch, RecordSegment.values(cursor, definition));
                shard.log().skipTo(id);
                shard.log().append(batch.address(), 1);
                rows++;
            }
        }
    }
}
