package sherd.engine;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.lifecycle.ArchiveRule;
import sherd.engine.lifecycle.RowGroup;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;
import sherd.engine.time.Clock;

/**
 * Asks the rule about the oldest row group of a table, with what is known of it: a chunk of a log table is as old as its
 * youngest row, a record as its last write. Readers are not counted yet, and the rule is told so. Thread-safe.
 */
final class ArchiveAdvisor {
    private static final int BUCKETS_AT_ONCE = 256;

    private final ArchiveRule rule;
    private final MemoryBudget budget;
    private final Clock clock;
    /**
     * By id of a record table: no row was written before. Rows written later only raise the truth, so that a table is
     * walked again only when its rows have had the time to grow old.
     */
    private final Map<Integer, Long> oldestRecords = new ConcurrentHashMap<>();

    ArchiveAdvisor(ArchiveRule rule, MemoryBudget budget, Clock clock) {
        this.rule = rule;
        this.budget = budget;
        this.clock = clock;
    }

    ArchiveDecision decide(ShardedTable table) {
        return decide(table, memoryUse());
    }

    double memoryUse() {
        return (double) budget.usedBytes() / budget.limitBytes();
    }

    ArchiveDecision decide(ShardedTable table, double memoryUse) {
        long now = clock.epochMillis();
        long oldest = table.isRecord()
                ? oldestRecords.computeIfAbsent(table.id(), _ -> oldestRecord(table, now))
                : oldestChunk(table, now);
        return rule.decide(
                new RowGroup(now - oldest, OptionalInt.empty()),
                table.definition().archive(),
                memoryUse);
    }

    /** The oldest rows have gone. */
    void archived(ShardedTable table) {
        oldestRecords.remove(table.id());
    }

    private static long oldestChunk(ShardedTable table, long now) {
        long oldest = Long.MAX_VALUE;
        for (var shard : table.shards()) {
            shard.lock();
            try {
                oldest = Math.min(oldest, shard.log().oldestChunk());
            } finally {
                shard.unlock();
            }
        }
        return oldest == Long.MAX_VALUE ? now : oldest;
    }

    private static long oldestRecord(ShardedTable table, long now) {
        var oldest = new long[] {now / 1000};
        for (var shard : table.shards()) {
            long place = 0;
            do {
                place = walk(shard, place, now, oldest);
            } while (place != 0);
        }
        return oldest[0] * 1000;
    }

    private static long walk(Shard shard, long from, long now, long[] oldest) {
        long place = from;
        shard.lock();
        try {
            int buckets = 0;
            do {
                place = shard.records().scan(place, record -> {
                    if (RecordStore.isLive(record, now) && !RecordStore.isCached(record)) {
                        oldest[0] = Math.min(oldest[0], RecordStore.written(record));
                    }
                });
            } while (place != 0 && ++buckets < BUCKETS_AT_ONCE);
            return place;
        } finally {
            shard.unlock();
        }
    }
}
