package sherd.engine;

import java.util.random.RandomGenerator;
import sherd.engine.command.MutationBatch;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.Replay;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;
import sherd.engine.time.Clock;

/** Walks over the keys of a record table. A cursor is the index of a shard and, in its low 32 bits, a place in it. */
final class KeySpace {
    /** Buckets visited under one lock at most. */
    private static final int BUCKETS_AT_ONCE = 16;

    private final Clock clock;
    private final RandomGenerator random;
    private final CommitLog log;
    private final MemoryBudget budget;

    KeySpace(Clock clock, RandomGenerator random, CommitLog log, MemoryBudget budget) {
        this.clock = clock;
        this.random = random;
        this.log = log;
        this.budget = budget;
    }

    static long size(ShardedTable table) {
        long size = 0;
        for (var shard : table.shards()) {
            shard.lock();
            try {
                size += shard.records().liveRows() - shard.records().shadowing();
            } finally {
                shard.unlock();
            }
        }
        return size + table.archived().rows();
    }

    /** Visits about {@code count} keys in memory and returns the next cursor, 0 at the end. */
    long scan(ShardedTable table, long cursor, int count, KeyVisitor visitor) {
        long now = clock.epochMillis();
        var shards = table.shards();
        int index = (int) (cursor >>> 32);
        long place = cursor & 0xFFFFFFFFL;
        var counter = new int[1];
        while (index >= 0 && index < shards.size() && counter[0] < count) {
            var shard = shards.get(index);
            shard.lock();
            try {
                int buckets = 0;
                do {
                    place = shard.records().scan(place, record -> {
                        if (RecordStore.isLive(record, now)) {
                            visitor.key(
                                    RecordStore.keyAddress(record),
                                    RecordStore.keyLength(record),
                                    RecordStore.kind(record));
                            counter[0]++;
                        }
                    });
                } while (place != 0 && counter[0] < count && ++buckets < BUCKETS_AT_ONCE);
            } finally {
                shard.unlock();
            }
            if (place == 0) {
                index++;
            }
        }
        return index >= shards.size() || index < 0 ? 0 : (long) index << 32 | place;
    }

    /** Visits one key picked by chance; false if memory holds none. */
    boolean randomKey(ShardedTable table, KeyVisitor visitor) {
        var shards = table.shards();
        int start = random.nextInt(shards.size());
        for (int i = 0; i < shards.size(); i++) {
            if (randomKeyOf(table, (start + i) % shards.size(), visitor)) {
                return true;
            }
        }
        return false;
    }

    private boolean randomKeyOf(ShardedTable table, int shard, KeyVisitor visitor) {
        long first = ((long) shard << 32) | (random.nextInt() & 0xFFFFFFFFL);
        return firstKey(table, first, (long) (shard + 1) << 32, visitor)
                || firstKey(table, (long) shard << 32, (long) (shard + 1) << 32, visitor);
    }

    private boolean firstKey(ShardedTable table, long from, long before, KeyVisitor visitor) {
        var found = new boolean[1];
        KeyVisitor once = (address, length, kind) -> {
            if (!found[0]) {
                found[0] = true;
                visitor.key(address, length, kind);
            }
        };
        long cursor = from;
        do {
            cursor = scan(table, cursor, 1, once);
        } while (!found[0] && cursor != 0 && cursor < before);
        return found[0];
    }

    /** Empties the memory of a table; its segments must be gone from the catalog before. */
    long flush(ShardedTable table) {
        var shards = table.shards();
        shards.forEach(Shard::lock);
        try (var batch = new MutationBatch(budget)) {
            shards.forEach(Replay::clear);
            batch.target(table.id(), 0, (int) (clock.epochMillis() / 1000));
            batch.flush();
            return log.append(batch.address(), batch.bytes());
        } finally {
            shards.forEach(Shard::unlock);
        }
    }
}
