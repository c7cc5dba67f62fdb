package sherd.engine;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.lifecycle.ArchiveRule;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.shard.Shard;
import sherd.engine.table.LogStore;
import sherd.engine.table.RecordStore;
import sherd.engine.time.Clock;

/**
 * Asks the rule about the oldest row groups of a table, with what is known of them: a chunk of a log table is as old as
 * its youngest row, a record as its last write. Thread-safe.
 *
 * <p>Readers are known of rows that were written since the engine was opened, and of all once it is open for the table's
 * window: what was counted before is lost.
 */
final class ArchiveAdvisor {
    private static final int BUCKETS_AT_ONCE = 256;

    /** A table is not walked again before, and not for more than a part of the time. */
    private static final long LEAST_MILLIS = 1000;

    static final long IDLE_TIMES = 10;

    private final ArchiveRule rule;
    private final MemoryBudget budget;
    private final Clock clock;
    private final long opened;
    /** By id of a record table. */
    private final Map<Integer, OldestRows> oldestRecords = new ConcurrentHashMap<>();

    ArchiveAdvisor(ArchiveRule rule, MemoryBudget budget, Clock clock) {
        this.rule = rule;
        this.budget = budget;
        this.clock = clock;
        this.opened = clock.epochMillis() / 1000 * 1000; // the time of a write is kept in seconds
    }

    ArchiveDecision decide(ShardedTable table) {
        return decide(table, memoryUse());
    }

    double memoryUse() {
        return (double) budget.usedBytes() / budget.limitBytes();
    }

    ArchiveDecision decide(ShardedTable table, double memoryUse) {
        long now = clock.epochMillis();
        var oldest = table.isRecord()
                ? oldestRecords.compute(
                        table.id(),
                        (_, last) ->
                                last != null && last.holds(now, LEAST_MILLIS, IDLE_TIMES) ? last : walk(table, now))
                : oldestChunks(table, now);
        return oldest.decide(rule, memoryUse, now);
    }

    /** The oldest rows have gone. */
    void archived(ShardedTable table) {
        oldestRecords.remove(table.id());
    }

    /** Chooses the row groups of a table that few have read. */
    Archiver.Choice hardlyRead(ShardedTable table) {
        var settings = table.definition().archive();
        return (shard, written, hash) -> {
            var readers = readers(settings, shard, written, hash, clock.epochMillis());
            return readers.isPresent() && ArchiveRule.isHardlyRead(readers.getAsInt(), settings);
        };
    }

    /** Under the shard's lock. */
    private OptionalInt readers(ArchiveSettings settings, Shard shard, long written, long hash, long now) {
        boolean known = written >= opened || now - opened >= settings.readsWindow();
        return known ? OptionalInt.of(shard.readers().count(hash, now)) : OptionalInt.empty();
    }

    private OldestRows oldestChunks(ShardedTable table, long now) {
        var settings = table.definition().archive();
        var oldest = new OldestRows(settings, now);
        for (var shard : table.shards()) {
            shard.lock();
            try {
                shard.log()
                        .forEachChunk(chunk -> oldest.add(
                                chunk.maxTime(), readers(settings, shard, chunk.minTime(), LogStore.hash(chunk), now)));
            } finally {
                shard.unlock();
            }
        }
        return oldest;
    }

    private OldestRows walk(ShardedTable table, long now) {
        var oldest = new OldestRows(table.definition().archive(), now);
        for (var shard : table.shards()) {
            long place = 0;
            do {
                place = walk(table, shard, place, now, oldest);
            } while (place != 0);
        }
        oldest.took(clock.epochMillis() - now);
        return oldest;
    }

    private long walk(ShardedTable table, Shard shard, long from, long now, OldestRows oldest) {
        var settings = table.definition().archive();
        long place = from;
        shard.lock();
        try {
            int buckets = 0;
            do {
                place = shard.records().scan(place, record -> {
                    if (RecordStore.isLive(record, now) && !RecordStore.isCached(record)) {
                        long written = RecordStore.writtenMillis(record);
                        if (oldest.isOld(written)) {
                            oldest.add(written, readers(settings, shard, written, RecordStore.keyHash(record), now));
                        } else {
                            oldest.addYoung(written);
                        }
                    }
                });
            } while (place != 0 && ++buckets < BUCKETS_AT_ONCE);
            return place;
        } finally {
            shard.unlock();
        }
    }
}
