package sherd.engine.route;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.SlabPool;
import sherd.engine.schema.Position;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;

/**
 * Keys with what leads to their rows: table, shard and hash, found once and used at every step from there. Flat arrays,
 * reused.
 *
 * <p>{@link #touch} brings the memory that they need on its way, for all of them at once: first every bucket, then
 * every record. A processor waits for many cache misses together about as long as for one, and in a table beyond the
 * caches, misses are most of what a command costs (the batched lookups of Valkey 8 and Garnet rest on the same).
 */
final class RoutedKeys {
    /** A small row, which is touched whole: a quarter of those lie in three cache lines. */
    private static final int ROW_BYTES = 88;

    private @Nullable ShardedTable[] tables = new @Nullable ShardedTable[16];
    private long[] addresses = new long[16];
    private int[] lengths = new int[16];
    private long[] hashes = new long[16];
    private @Nullable Shard[] shards = new @Nullable Shard[16];
    private long[] hints = new long[16];
    /** Keys whose bucket is full and has no entry for them. */
    private int[] overflowing = new int[16];

    private int size;
    /** Keeps the loads of {@link #touch} from being optimised away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    void clear() {
        Arrays.fill(tables, 0, size, null);
        Arrays.fill(shards, 0, size, null);
        size = 0;
    }

    int size() {
        return size;
    }

    /** Adds a key; its bytes must stay where they are. The shard is null for a table whose rows may be in any. */
    void add(ShardedTable table, long address, int length) {
        if (size == tables.length) {
            grow();
        }
        tables[size] = table;
        addresses[size] = address;
        lengths[size] = length;
        if (table.positionIsKey()) {
            long position = table.positionOfKey(address, length);
            hashes[size] = Position.hashOf(position);
            shards[size] = table.shardAt(position);
        } else {
            hashes[size] = RecordStore.hash(address, length);
            if (!table.floating()) {
                shards[size] = table.shardOfKey(address, length);
            }
        }
        size++;
    }

    /** The bytes of all keys have moved by so much. */
    void moved(long distance) {
        for (int i = 0; i < size; i++) {
            addresses[i] += distance;
        }
    }

    private void grow() {
        tables = Arrays.copyOf(tables, size * 2);
        addresses = Arrays.copyOf(addresses, size * 2);
        lengths = Arrays.copyOf(lengths, size * 2);
        hashes = Arrays.copyOf(hashes, size * 2);
        shards = Arrays.copyOf(shards, size * 2);
        hints = Arrays.copyOf(hints, size * 2);
        overflowing = Arrays.copyOf(overflowing, size * 2);
    }

    /**
     * Touches what finding the keys will read. Needs no lock, since a wrong guess costs nothing but time. Addresses are
     * computed apart from the loops that load from them: the shorter these are, the more misses are under way at once.
     */
    void touch(SlabPool pool) {
        for (int i = 0; i < size; i++) {
            var shard = shards[i];
            hints[i] = pool.readable(shard == null ? 0 : shard.records().index().hintBucket(hashes[i]));
        }
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += OffHeap.getLong(hints[i]);
        }
        sum += hintRecords(pool);
        for (int i = 0; i < size; i++) {
            sum += OffHeap.getLong(hints[i])
                    + OffHeap.getLong(hints[i] + SlabPool.CACHE_LINE)
                    + OffHeap.getLong(hints[i] + ROW_BYTES - Long.BYTES);
        }
        touched = sum;
    }

    /** Turns hints at buckets into hints at records; a tenth of the entries lie in the bucket behind theirs. */
    private long hintRecords(SlabPool pool) {
        int over = 0;
        for (int i = 0; i < size; i++) {
            long record = KeyIndex.hintRecord(hints[i], hashes[i]);
            var shard = shards[i];
            if (record == 0 && shard != null) {
                record = shard.records().index().hintOverflow(hints[i], hashes[i]);
                overflowing[over] = i;
                over += record == 0 ? 0 : 1;
            }
            hints[i] = pool.readable(record);
        }
        long sum = 0;
        for (int i = 0; i < over; i++) {
            sum += OffHeap.getLong(hints[overflowing[i]]);
        }
        for (int i = 0; i < over; i++) {
            int key = overflowing[i];
            hints[key] = pool.readable(KeyIndex.hintRecord(hints[key], hashes[key]));
        }
        return sum;
    }

    ShardedTable table(int i) {
        return Objects.requireNonNull(tables[i]);
    }

    long address(int i) {
        return addresses[i];
    }

    int length(int i) {
        return lengths[i];
    }

    long hash(int i) {
        return hashes[i];
    }

    @Nullable
    Shard shard(int i) {
        return shards[i];
    }
}
