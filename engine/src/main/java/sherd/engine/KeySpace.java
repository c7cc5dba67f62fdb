package sherd.engine;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.Replay;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Walks over the keys of a record table in all homes.
 *
 * <p>A key moves between homes while a walk goes on, and one that is there throughout must be met. So segments come
 * first, from the oldest on, without keys that memory has a version of: memory comes after them. A key that has left
 * memory by then went into a segment newer than all that were there, and those come last, whatever memory has: only
 * such a key may be met twice.
 */
final class KeySpace {
    /** Buckets visited under one lock at most. */
    private static final int BUCKETS_AT_ONCE = 16;
    /** Archived rows looked at in one call at most, or the count asked for if that is more. */
    private static final int ROWS_AT_ONCE = 1024;
    /** Archived rows tried for a random key before the first one that is there is taken. */
    private static final int RANDOM_TRIES = 32;

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
        return ownRows(table) + table.archived().rows();
    }

    private static long ownRows(ShardedTable table) {
        long rows = 0;
        for (var shard : table.shards()) {
            shard.lock();
            try {
                rows += shard.records().liveRows() - shard.records().shadowing();
            } finally {
                shard.unlock();
            }
        }
        return rows;
    }

    /** Visits about {@code count} keys and returns the next cursor, 0 at the end. Reads files if rows are archived. */
    long scan(ShardedTable table, long cursor, int count, KeyVisitor visitor) {
        var visited = new Visited(visitor, count);
        KeyCursor at = KeyCursor.decode(cursor, newestSequence(table));
        while (true) {
            var next = switch (at) {
                case KeyCursor.Archived from -> scanSegments(table, from, visited);
                case KeyCursor.Memory from -> scanMemory(table, from, visited);
            };
            if (next == null) {
                return 0;
            }
            if (visited.enough()) {
                return next.encode();
            }
            at = next;
        }
    }

    private static final class Visited {
        private final KeyVisitor visitor;
        private final int wanted;
        private int keys;
        private int rows;

        private Visited(KeyVisitor visitor, int wanted) {
            this.visitor = visitor;
            this.wanted = wanted;
        }

        private void key(long address, int length, Kind kind) {
            visitor.key(address, length, kind);
            keys++;
        }

        private boolean enough() {
            return keys >= wanted || rows >= Math.max(wanted, ROWS_AT_ONCE);
        }
    }

    private static long newestSequence(ShardedTable table) {
        return newestSequence(Maintenance.segments(table));
    }

    private static long newestSequence(TableSegments segments) {
        var entries = segments.newestFirst();
        return entries.isEmpty() ? 0 : entries.getFirst().sequence();
    }

    private @Nullable KeyCursor scanSegments(ShardedTable table, KeyCursor.Archived from, Visited visited) {
        var homes = table.homes().readLock();
        homes.lock();
        try {
            var segments = Maintenance.segments(table);
            long newest = newestSequence(segments);
            try (var keys = new ArchivedKeys(table, segments, clock, budget)) {
                long row = from.row();
                for (var entry : segments.newestFirst().reversed()) {
                    if (entry.sequence() < from.sequence() || entry.segment().damage() != null) {
                        continue;
                    }
                    row = entry.sequence() == from.sequence() ? row : 0;
                    row = scanSegment(keys, entry, row, from.late(), visited);
                    if (visited.enough()) {
                        return new KeyCursor.Archived(from.late(), entry.sequence(), row);
                    }
                }
            }
            return from.late() ? null : new KeyCursor.Memory(newest, 0, 0);
        } finally {
            homes.unlock();
        }
    }

    /** Returns the row to go on with. */
    private static long scanSegment(
            ArchivedKeys keys, TableSegments.Entry entry, long from, boolean late, Visited visited) {
        keys.open(entry);
        long row = from;
        for (; row < entry.segment().meta().rows() && !visited.enough(); row++) {
            visited.rows++;
            if (keys.seek(row) && !(late ? keys.removed() : keys.inMemory()) && !keys.superseded()) {
                visited.key(keys.keyAddress(), keys.keyLength(), keys.kind());
            }
        }
        return row;
    }

    private @Nullable KeyCursor scanMemory(ShardedTable table, KeyCursor.Memory from, Visited visited) {
        var shards = table.shards();
        long place = from.place();
        for (int index = from.shard(); index < shards.size(); index++) {
            do {
                place = scanBuckets(shards.get(index), place, visited);
                if (visited.enough()) {
                    boolean done = place == 0;
                    return afterMemory(table, from.through(), done ? index + 1 : index, place);
                }
            } while (place != 0);
        }
        return afterMemory(table, from.through(), shards.size(), 0);
    }

    private static @Nullable KeyCursor afterMemory(ShardedTable table, long through, int shard, long place) {
        if (shard < table.shards().size()) {
            return new KeyCursor.Memory(through, shard, place);
        }
        return newestSequence(table) > through ? new KeyCursor.Archived(true, through + 1, 0) : null;
    }

    /** Visits a few buckets of a shard, without copies of archived rows; returns the place to go on with. */
    private long scanBuckets(Shard shard, long from, Visited visited) {
        long now = clock.epochMillis();
        long place = from;
        shard.lock();
        try {
            int buckets = 0;
            do {
                place = shard.records().scan(place, record -> {
                    if (RecordStore.isLive(record, now) && !RecordStore.isCached(record)) {
                        visited.key(
                                RecordStore.keyAddress(record),
                                RecordStore.keyLength(record),
                                RecordStore.kind(record));
                    }
                });
            } while (place != 0 && !visited.enough() && ++buckets < BUCKETS_AT_ONCE);
            return place;
        } finally {
            shard.unlock();
        }
    }

    /** Visits one key picked by chance; false if there is none. Reads files if rows are archived. */
    boolean randomKey(ShardedTable table, KeyVisitor visitor) {
        long archived = table.archived().rows();
        long own = Math.max(0, ownRows(table));
        if (archived > 0 && random.nextLong(archived + own) < archived && randomArchived(table, visitor)) {
            return true;
        }
        return randomInMemory(table, visitor) || firstKey(table, visitor);
    }

    private boolean randomArchived(ShardedTable table, KeyVisitor visitor) {
        var homes = table.homes().readLock();
        homes.lock();
        try {
            var segments = Maintenance.segments(table);
            long rows = segments.newestFirst().stream()
                    .mapToLong(entry -> entry.segment().meta().rows())
                    .sum();
            try (var keys = new ArchivedKeys(table, segments, clock, budget)) {
                for (int i = 0; i < RANDOM_TRIES && rows > 0; i++) {
                    if (openAt(keys, segments, random.nextLong(rows)) && !keys.removed() && !keys.superseded()) {
                        visitor.key(keys.keyAddress(), keys.keyLength(), keys.kind());
                        return true;
                    }
                }
            }
            return false;
        } finally {
            homes.unlock();
        }
    }

    /** Goes to a row counted over all segments. */
    private static boolean openAt(ArchivedKeys keys, TableSegments segments, long number) {
        long row = number;
        for (var entry : segments.newestFirst()) {
            if (row < entry.segment().meta().rows()) {
                if (entry.segment().damage() != null) {
                    return false;
                }
                keys.open(entry);
                return keys.seek(row);
            }
            row -= entry.segment().meta().rows();
        }
        return false;
    }

    private boolean randomInMemory(ShardedTable table, KeyVisitor visitor) {
        var shards = table.shards();
        int start = random.nextInt(shards.size());
        for (int i = 0; i < shards.size(); i++) {
            var shard = shards.get((start + i) % shards.size());
            long place = random.nextInt() & 0xFFFFFFFFL;
            if (firstKeyOf(shard, place, visitor) || firstKeyOf(shard, 0, visitor)) {
                return true;
            }
        }
        return false;
    }

    private boolean firstKeyOf(Shard shard, long from, KeyVisitor visitor) {
        var first = new Visited(once(visitor), 1);
        long place = from;
        do {
            place = scanBuckets(shard, place, first);
        } while (!first.enough() && place != 0);
        return first.enough();
    }

    private boolean firstKey(ShardedTable table, KeyVisitor visitor) {
        var found = new boolean[1];
        var first = once(visitor);
        long cursor = 0;
        do {
            cursor = scan(table, cursor, 1, (address, length, kind) -> {
                found[0] = true;
                first.key(address, length, kind);
            });
        } while (!found[0] && cursor != 0);
        return found[0];
    }

    /** A bucket holds several keys; only the first one met is passed on. */
    private static KeyVisitor once(KeyVisitor visitor) {
        var done = new boolean[1];
        return (address, length, kind) -> {
            if (!done[0]) {
                done[0] = true;
                visitor.key(address, length, kind);
            }
        };
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
