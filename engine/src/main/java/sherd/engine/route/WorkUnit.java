package sherd.engine.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.shard.Shard;

/**
 * The keys and shards of one unit of work: which shards to lock, in the one order that cannot deadlock, and which keys
 * only segments may know. Reused; allocates nothing for plain keys.
 */
@SuppressWarnings("ReferenceEquality") // a shard and a table are themselves
final class WorkUnit {
    private ShardedTable[] tables = new ShardedTable[8];
    private long[] keyOffset = new long[8];
    private int[] keyLength = new int[8];
    private Shard[] keyShard = new Shard[8];
    private int keys;
    private long keyBytes;

    private Shard[] shards = new Shard[8];
    private int shardCount;
    private boolean locked;

    void clear() {
        Arrays.fill(tables, 0, keys, null);
        Arrays.fill(keyShard, 0, keys, null);
        Arrays.fill(shards, 0, shardCount, null);
        keys = 0;
        keyBytes = 0;
        shardCount = 0;
    }

    boolean locked() {
        return locked;
    }

    void addKey(ShardedTable table, long key, int length, Region copies) {
        if (keys == tables.length) {
            tables = Arrays.copyOf(tables, keys * 2);
            keyOffset = Arrays.copyOf(keyOffset, keys * 2);
            keyLength = Arrays.copyOf(keyLength, keys * 2);
            keyShard = Arrays.copyOf(keyShard, keys * 2);
        }
        copies.ensure(keyBytes + length);
        OffHeap.copy(key, copies.address() + keyBytes, length);
        tables[keys] = table;
        keyOffset[keys] = keyBytes;
        keyLength[keys] = length;
        keyBytes += length;
        if (table.floating()) {
            addAll(table);
        } else {
            keyShard[keys] = table.shardOfKey(key, length);
            add(keyShard[keys]);
        }
        keys++;
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
        for (int i = 0; i < keys; i++) {
            if (tables[i].dropped()) {
                unlock();
                throw new StoreException(
                        ErrorCode.UNKNOWN_TABLE,
                        "the table was dropped: table=" + tables[i].definition().name());
            }
        }
    }

    void unlock() {
        locked = false;
        for (int i = shardCount - 1; i >= 0; i--) {
            shards[i].unlock();
        }
    }

    /** The shard of a key that was added, so that it need not be computed again; null if it was not. */
    @org.jspecify.annotations.Nullable
    Shard shardOf(ShardedTable table, long key, int length, Region copies) {
        for (int i = 0; i < Math.min(keys, 4); i++) {
            if (tables[i] == table
                    && keyLength[i] == length
                    && OffHeap.equal(copies.address() + keyOffset[i], key, length)) {
                return keyShard[i];
            }
        }
        return null;
    }

    /** The keys of which nothing is known in memory while a segment may have them. */
    List<ColdKey> coldKeys(Region copies, long now) {
        List<ColdKey> cold = List.of();
        for (int i = 0; i < keys; i++) {
            var table = tables[i];
            if (table.archived().rows() == 0) {
                continue;
            }
            long key = copies.address() + keyOffset[i];
            long hash = OffHeap.hash(key, keyLength[i]);
            if (unknown(table, keyShard[i], key, keyLength[i], now)
                    && table.archived().mayContain(hash)) {
                if (cold.isEmpty()) {
                    cold = new ArrayList<>();
                }
                cold.add(new ColdKey(table, OffHeap.toArray(key, keyLength[i])));
            }
        }
        return cold;
    }

    private static boolean unknown(ShardedTable table, Shard shard, long key, int length, long now) {
        if (shard != null) {
            shard.records().seek(key, length, now);
            return shard.records().unknown();
        }
        for (var any : table.shardArray()) {
            any.records().seek(key, length, now);
            if (!any.records().unknown()) {
                return false;
            }
        }
        return true;
    }

    /** A key to be looked up in segments. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ColdKey(ShardedTable table, byte[] key) {}
}
