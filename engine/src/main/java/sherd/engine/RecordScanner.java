package sherd.engine;

import java.util.BitSet;
import sherd.engine.archive.SegmentSearch;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.RowView;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.RecordStore;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Shows every row of a record table once, in its newest version. Holds the homes for reading throughout: a row that
 * moved meanwhile would be seen twice or not at all. Segments that were set aside are passed over; damage that is met
 * ends the scan.
 */
final class RecordScanner {
    /** Which version of a row is the newest cannot be told without all segments, so one that is away ends the scan. */
    private static final int NONE_UNREACHABLE = 0;

    private final ShardedTable table;
    private final RowVisitor visitor;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Query query;
    private final TimeRange asked;
    private final boolean freeForm;
    private final int timeColumn;
    private final Deadline deadline;
    private final ReadStats read = new ReadStats();
    private int pruned;
    private int damaged;
    private long hotRows;
    private long archivedRows;

    RecordScanner(ShardedTable table, ScanRequest request, RowVisitor visitor, Clock clock, MemoryBudget budget) {
        this.table = table;
        this.visitor = visitor;
        this.clock = clock;
        this.budget = budget;
        query = request.query();
        freeForm = table.definition().freeForm();
        timeColumn = new SegmentSchema(table.definition()).time();
        asked = timeColumn < 0 ? TimeRange.between(Long.MIN_VALUE, Long.MAX_VALUE) : request.range();
        deadline = new Deadline(clock, request.deadlineMillis());
    }

    ScanStats scan() {
        var homes = table.homes().readLock();
        homes.lock();
        try (var keyRows = new FreeFormRows(visitor, budget)) {
            var segments = Maintenance.segments(table);
            if (!asked.isEmpty()) {
                scanMemory(keyRows);
                scanSegments(segments, keyRows);
            }
            var counts = new SearchStats(
                    segments.newestFirst().size(),
                    pruned,
                    damaged,
                    NONE_UNREACHABLE,
                    read.blocks(),
                    read.bytes(),
                    hotRows);
            return new ScanStats(counts, archivedRows);
        } finally {
            homes.unlock();
        }
    }

    private void scanMemory(FreeFormRows keyRows) {
        long now = clock.epochMillis();
        var view = new HotViews.OfPut(table.definition().columns());
        try (var rows = new RecordRows(budget)) {
            rows.forEach(
                    table,
                    (shard, record) -> !RecordStore.isCached(record) && RecordStore.isLive(record, now),
                    (put, shadows) -> {
                        deadline.step();
                        view.seek(put);
                        if (freeForm) {
                            hotRows++;
                            keyRows.show(put);
                        } else if (show(view)) {
                            hotRows++;
                        }
                    });
        }
    }

    /** False if its time is not wanted. */
    private boolean show(RowView row) {
        long time = timeColumn < 0 || row.isNull(timeColumn) ? 0 : row.getLong(timeColumn);
        if (!asked.has(time)) {
            return false;
        }
        visitor.row(row, time, 0);
        return true;
    }

    private void scanSegments(TableSegments segments, FreeFormRows keyRows) {
        try (var keys = new ArchivedKeys(table, segments, clock, budget)) {
            for (var entry : segments.newestFirst()) {
                var handle = entry.segment();
                boolean inRange = handle.meta().overlaps(asked.first(), asked.last());
                if (!inRange || !handle.mayMatch(query.bind(handle.meta().columns()))) {
                    pruned++;
                } else if (handle.damage() != null) {
                    damaged++;
                } else {
                    scanSegment(entry, keys, keyRows);
                }
            }
        }
    }

    private void scanSegment(TableSegments.Entry entry, ArchivedKeys keys, FreeFormRows keyRows) {
        keys.open(entry);
        var rows = candidates(entry);
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            deadline.step();
            if (keys.seek(row) && !keys.inMemory() && !keys.superseded()) {
                boolean shown = entry.segment().guard(() -> {
                    if (freeForm) {
                        keyRows.show(keys.cursor(), keys.kind(), keys.key());
                        return true;
                    }
                    return show(keys.cursor());
                });
                archivedRows += shown ? 1 : 0;
            }
        }
        read.add(keys.cursor().stats());
    }

    private BitSet candidates(TableSegments.Entry entry) {
        return entry.segment()
                .read(segment ->
                        SegmentSearch.candidates(segment, query, asked.first(), asked.last(), read, deadline::check));
    }
}
