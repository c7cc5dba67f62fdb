package sherd.engine.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.shard.Shard;

/**
 * The keys and shards of one unit of work: which shards to lock, in the one order that cannot deadlock, and which keys
 * only segments may know. Reused; allocates nothing for plain keys.
 */
@SuppressWarnings("ReferenceEquality") // a shard and a table are themselves
final class WorkUnit implements AutoCloseable {
    private final SlabPool pool;
    private final RoutedKeys keys = new RoutedKeys();
    /** The bytes of the keys, since callers name several through one buffer. */
    private final Region copies;

    private long copied;
    /** The key that was added after the one asked for last: keys are used in the order of their adding. */
    private int next;

    private Shard[] shards = new Shard[8];
    private int shardCount;
    private boolean locked;

    WorkUnit(SlabPool pool) {
        this.pool = pool;
        copies = new Region(pool.budget(), MemoryBudget.Purpose.NETWORK, 1024);
    }

    void clear() {
        Arrays.fill(shards, 0, shardCount, null);
        keys.clear();
        copied = 0;
        next = 0;
        shardCount = 0;
    }

    boolean locked() {
        return locked;
    }

    void addKey(ShardedTable table, long key, int length) {
        long before = copies.address();
        copies.ensure(copied + length);
        if (copies.address() != before) {
            keys.moved(copies.address() - before);
        }
        long copy = copies.address() + copied;
        OffHeap.copy(key, copy, length);
        copied += length;
        keys.add(table, copy, length);
        var shard = keys.shard(keys.size() - 1);
        if (shard == null) {
            addAll(table);
        } else {
            add(shard);
        }
    }

    void addAll(ShardedTable table) {
        for (var shard : table.shardArray()) {
            add(shard);
        }
    }

    private void add(Shard shard) {
        if (shardCount > 0 && shards[shardCount - 1] == shard) {
            return;
        }
        if (shardCount == shards.length) {
            shards = Arrays.copyOf(shards, shardCount * 2);
        }
        shards[shardCount++] = shard;
    }

    void lock() {
        if (keys.size() > 1) {
            keys.touch(pool);
        }
        if (shardCount > 1) {
            Arrays.sort(shards, 0, shardCount);
            int distinct = 1;
            for (int i = 1; i < shardCount; i++) {
                if (shards[i] != shards[distinct - 1]) {
                    shards[distinct++] = shards[i];
                }
            }
            Arrays.fill(shards, distinct, shardCount, null);
            shardCount = distinct;
        }
        for (int i = 0; i < shardCount; i++) {
            shards[i].lock();
        }
        locked = true;
        for (int i = 0; i < keys.size(); i++) {
            if (keys.table(i).dropped()) {
                unlock();
                throw dropped(keys.table(i));
            }
        }
    }

    static StoreException dropped(ShardedTable table) {
        return new StoreException(
                ErrorCode.UNKNOWN_TABLE,
                "the table was dropped: table=" + table.definition().name());
    }

    void unlock() {
        locked = false;
        for (int i = shardCount - 1; i >= 0; i--) {
            shards[i].unlock();
        }
    }

    /** Which of the added keys this is, so that its shard and hash need not be computed again; -1 if it is none. */
    int indexOf(ShardedTable table, long key, int length) {
        int size = keys.size();
        for (int tried = 0; tried < Math.min(size, 4); tried++) {
            int i = next + tried < size ? next + tried : next + tried - size;
            if (keys.table(i) == table && keys.length(i) == length && OffHeap.equal(keys.address(i), key, length)) {
                next = i + 1 < size ? i + 1 : 0;
                return i;
            }
        }
        return -1;
    }

    RoutedKeys keys() {
        return keys;
    }

    /** The keys of which nothing is known in memory while a segment may have them. */
    List<ColdKey> coldKeys(long now) {
        List<ColdKey> cold = List.of();
        for (int i = 0; i < keys.size(); i++) {
            if (isCold(keys, i, now)) {
                if (cold.isEmpty()) {
                    cold = new ArrayList<>();
                }
                cold.add(ColdKey.of(keys, i));
            }
        }
        return cold;
    }

    /** Whether only a segment can tell about a key whose shard is locked. */
    static boolean isCold(RoutedKeys keys, int i, long now) {
        var archived = keys.table(i).archived();
        return archived.rows() != 0
                && unknown(keys, i, now)
                && archived.mayContain(OffHeap.hash(keys.address(i), keys.length(i)));
    }

    private static boolean unknown(RoutedKeys keys, int i, long now) {
        var shard = keys.shard(i);
        if (shard != null) {
            shard.records().seek(keys.address(i), keys.length(i), keys.hash(i), now);
            return shard.records().unknown();
        }
        for (var any : keys.table(i).shardArray()) {
            any.records().seek(keys.address(i), keys.length(i), keys.hash(i), now);
            if (!any.records().unknown()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        copies.close();
    }

    /** A key to be looked up in segments. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ColdKey(ShardedTable table, byte[] key) {
        static ColdKey of(RoutedKeys keys, int i) {
            return new ColdKey(keys.table(i), OffHeap.toArray(keys.address(i), keys.length(i)));
        }
    }

    /** The shard that has a key of a table whose rows may be in any; where to look if none has it. */
    static Shard findHome(ShardedTable table, long key, int length, long now) {
        for (var any : table.shardArray()) {
            if (any.records().seek(key, length, now) != sherd.engine.command.Kind.ABSENT) {
                return any;
            }
        }
        return table.shardArray()[0];
    }
}
