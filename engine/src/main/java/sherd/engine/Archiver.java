package sherd.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.column.ColumnChunk;
import sherd.engine.observe.Event;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.LogSegment;
import sherd.engine.table.LogStore;
import sherd.engine.table.SegmentState;
import sherd.engine.table.TableSegments;

/**
 * Moves old rows of a log table from memory into a segment. Each step leaves every row in at least one place that
 * recovery knows: the segment is durable, then the catalog names it and the row ids it holds, then memory lets go.
 */
final class Archiver {
    private final Maintenance maintenance;
    private final RecordArchiver records;

    Archiver(Maintenance maintenance) {
        this.maintenance = maintenance;
        this.records = new RecordArchiver(maintenance);
    }

    /** Which of the row groups that are old enough to archive. */
    @FunctionalInterface
    interface Choice {
        Choice ALL = (shard, written, hash) -> true;

        /**
         * Under the shard's lock.
         *
         * @param written the time of its oldest row
         * @param hash that leads to its readers
         */
        boolean takes(Shard shard, long written, long hash);
    }

    /** Archives rows older than that many milliseconds; 0 takes all. Log tables move in whole chunks. */
    List<SegmentStatus> archive(ShardedTable table, long olderThanMillis, Choice choice) {
        maintenance.turn().lock();
        try {
            long started = maintenance.clock().epochMillis();
            long cutoff = olderThanMillis <= 0 ? Long.MAX_VALUE : started - olderThanMillis;
            var made = table.isRecord() ? records.archive(table, cutoff, choice) : archiveLog(table, cutoff, choice);
            for (var segment : made) {
                maintenance
                        .events()
                        .on(new Event.ArchiveDone(
                                table.definition().name().toString(),
                                segment.id(),
                                segment.rows(),
                                maintenance.clock().epochMillis() - started));
            }
            return made;
        } finally {
            maintenance.turn().unlock();
        }
    }

    private List<SegmentStatus> archiveLog(ShardedTable table, long cutoff, Choice choice) {
        var made = new ArrayList<SegmentStatus>();
        var eligible = eligible(table, cutoff, choice);
        try {
            var group = new ArrayList<Source>();
            long rows = 0;
            for (var source : eligible) {
                if (rows > 0 && rows + source.chunk().rows() > Maintenance.MAX_ROWS) {
                    made.add(move(table, group));
                    group.clear();
                    rows = 0;
                }
                group.add(source);
                rows += source.chunk().rows();
            }
            if (rows > 0) {
                made.add(move(table, group));
            }
        } finally {
            eligible.forEach(source -> source.chunk().release());
        }
        return made;
    }

    /** A chunk of a shard, retained. */
    private record Source(Shard shard, ColumnChunk chunk) {}

    private static List<Source> eligible(ShardedTable table, long cutoff, Choice choice) {
        var eligible = new ArrayList<Source>();
        for (var shard : table.shards()) {
            shard.lock();
            try {
                shard.log().cut();
                for (var chunk : shard.log().snapshot()) {
                    if (chunk.rows() > 0
                            && chunk.maxTime() <= cutoff
                            && choice.takes(shard, chunk.minTime(), LogStore.hash(chunk))) {
                        eligible.add(new Source(shard, chunk));
                    } else {
                        chunk.release();
                    }
                }
            } finally {
                shard.unlock();
            }
        }
        return eligible;
    }

    private SegmentStatus move(ShardedTable table, List<Source> sources) {
        var writer = new LogSegment(table.definition());
        try (var output = new SegmentOutput(maintenance, table, "arc", Purpose.ARCHIVE)) {
            for (long packed : byTime(sources)) {
                var source = sources.get(TimeOrder.source(packed));
                writer.add(
                        output.writer(),
                        source.chunk(),
                        TimeOrder.row(packed),
                        source.shard().id());
                output.rest();
            }
            var sealed = output.seal().getFirst();
            var state = new SegmentState(0, ranges(sources));
            var entry = maintenance.publish(sealed, state);
            letGo(table, sources, entry).release();
            return Maintenance.status(entry.segment());
        }
    }

    private static long[] byTime(List<Source> sources) {
        var order = new TimeOrder();
        for (int i = 0; i < sources.size(); i++) {
            order.add(i, sources.get(i).chunk());
        }
        return order.sorted();
    }

    private static List<SegmentState.RowRange> ranges(List<Source> sources) {
        var ranges = new ArrayList<SegmentState.RowRange>();
        for (var source : sources) {
            long from = source.chunk().firstRow();
            long to = from + source.chunk().rows();
            var last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && last.shard() == source.shard().id() && last.to() == from) {
                ranges.set(ranges.size() - 1, new SegmentState.RowRange(last.shard(), last.from(), to));
            } else {
                ranges.add(new SegmentState.RowRange(source.shard().id(), from, to));
            }
        }
        return ranges;
    }

    private static ArchivedRows letGo(ShardedTable table, List<Source> sources, TableSegments.Entry entry) {
        Map<Shard, Set<ColumnChunk>> moved = new HashMap<>();
        for (var source : sources) {
            moved.computeIfAbsent(source.shard(), any -> new HashSet<>()).add(source.chunk());
        }
        Lock homes = table.homes().writeLock();
        homes.lock();
        try {
            var before = Maintenance.attach(table, entry);
            moved.forEach((shard, chunks) -> {
                shard.lock();
                try {
                    shard.log().remove(chunks);
                } finally {
                    shard.unlock();
                }
            });
            return before;
        } finally {
            homes.unlock();
        }
    }
}
