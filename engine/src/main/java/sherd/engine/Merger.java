package sherd.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import sherd.engine.lifecycle.MergeDecision;
import sherd.engine.lifecycle.MergeRule;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.TableSegments;

/**
 * Makes one segment of several. Rows of a log table never change, so their segments are merged while everything else
 * goes on; those of a record table are merged while no row moves between homes.
 */
final class Merger {
    private static final MergeRule.Limits OF_LOGS = new MergeRule.Limits(10_000_000, 1L << 30, 0);
    /** Less, since archiving waits, and the hashes of all keys are in memory until the segment is sealed. */
    private static final MergeRule.Limits OF_RECORDS = new MergeRule.Limits(Maintenance.MAX_ROWS, 64 << 20, 0);

    private final Maintenance maintenance;
    private final MergeRule rule;
    /** One merge at a time: each takes memory. */
    private final ReentrantLock busy = new ReentrantLock();

    private volatile boolean stopped;

    Merger(Maintenance maintenance, MergeRule rule) {
        this.maintenance = maintenance;
        this.rule = rule;
    }

    /** One merge, if the rule finds one; true if so. */
    boolean mergeSome(ShardedTable table) {
        return run(table, () -> {
            for (var run : runs(table)) {
                var parts = run.stream().map(Merger::part).toList();
                if (rule.decide(parts, limits(table), table.isRecord())
                        instanceof MergeDecision.Merge(int from, int to, var _)) {
                    return !merge(table, run.subList(from, to)).isEmpty();
                }
            }
            return false;
        });
    }

    /** Merges what fits into one segment, whatever the sizes. */
    List<SegmentStatus> mergeAll(ShardedTable table) {
        return run(table, () -> {
            var made = new ArrayList<SegmentStatus>();
            for (var run : runs(table)) {
                var left = new ArrayList<>(run);
                while (left.size() > 1) {
                    int from = fitting(left, limits(table));
                    if (left.size() - from > 1) {
                        made.addAll(merge(table, List.copyOf(left.subList(from, left.size()))));
                    }
                    if (table.isRecord()) {
                        break;
                    }
                    left.subList(Math.min(from, left.size() - 1), left.size()).clear();
                }
            }
            return made;
        });
    }

    /** Lets a merge that may take long come to nothing; none is begun any more. */
    void stop() {
        stopped = true;
    }

    private interface Work<T> {
        T run();
    }

    private <T> T run(ShardedTable table, Work<T> work) {
        busy.lock();
        if (table.isRecord()) {
            maintenance.turn().lock();
        }
        try {
            return work.run();
        } finally {
            if (table.isRecord()) {
                maintenance.turn().unlock();
            }
            busy.unlock();
        }
    }

    private List<SegmentStatus> merge(ShardedTable table, List<TableSegments.Entry> sources) {
        if (stopped) {
            return List.of();
        }
        if (table.isRecord()) {
            return new RecordMerge(maintenance, table, sources).run();
        }
        return new LogMerge(maintenance, table, sources, () -> stopped).run();
    }

    private static MergeRule.Limits limits(ShardedTable table) {
        var limits = table.isRecord() ? OF_RECORDS : OF_LOGS;
        return new MergeRule.Limits(
                limits.rows(), limits.bytes(), table.definition().archive().retention());
    }

    private static MergeRule.Part part(TableSegments.Entry entry) {
        var meta = entry.segment().meta();
        return new MergeRule.Part(
                meta.rows(), meta.sizeBytes(), meta.keyed() ? meta.createdSeconds() * 1000 : meta.maxTime());
    }

    /** The first of the last segments that fit into one. */
    private static int fitting(List<TableSegments.Entry> entries, MergeRule.Limits limits) {
        long rows = 0;
        long bytes = 0;
        int from = entries.size();
        while (from > 0) {
            var part = part(entries.get(from - 1));
            rows += part.rows();
            bytes += part.bytes();
            if (rows > limits.rows() || bytes > limits.bytes()) {
                break;
            }
            from--;
        }
        return from;
    }

    /**
     * Runs of segments that may be neighbours in a merge: of a log table in the order of their times; of a record table
     * in the order of their versions, and only the newest, since a merged segment is newer than all. Damaged ones end a
     * run, and so do those without a file: what left this node is not brought back to be written anew.
     */
    private static List<List<TableSegments.Entry>> runs(ShardedTable table) {
        var entries = new ArrayList<>(Maintenance.segments(table).newestFirst().reversed());
        if (!table.isRecord()) {
            entries.sort(Comparator.<TableSegments.Entry>comparingLong(
                            entry -> entry.segment().meta().minTime())
                    .thenComparingLong(TableSegments.Entry::sequence));
        }
        var runs = new ArrayList<List<TableSegments.Entry>>();
        var run = new ArrayList<TableSegments.Entry>();
        for (var entry : entries) {
            if (entry.segment().damage() == null && entry.segment().home().onDisk()) {
                run.add(entry);
            } else {
                runs.add(List.copyOf(run));
                run.clear();
            }
        }
        runs.add(List.copyOf(run));
        return table.isRecord() ? List.of(runs.getLast()) : runs;
    }

    static Set<Long> sequences(List<TableSegments.Entry> entries) {
        var sequences = new HashSet<Long>();
        entries.forEach(entry -> sequences.add(entry.sequence()));
        return sequences;
    }
}
