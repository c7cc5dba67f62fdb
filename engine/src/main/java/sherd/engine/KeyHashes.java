package sherd.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * A set of keys of any length in 16 bytes each: two independent hashes of 64 bits stand for a key, so that two of some
 * millions of keys being taken for one is not to be reckoned with. One owner.
 */
final class KeyHashes implements AutoCloseable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xD1B54A32D192ED03L;
    private static final int ENTRY = 16;

    private final MemoryBudget budget;
    private Region slots;
    private long capacity = 256;
    private long count;

    KeyHashes(MemoryBudget budget) {
        this.budget = budget;
        slots = empty(budget, capacity);
    }

    private static Region empty(MemoryBudget budget, long capacity) {
        var region = new Region(budget, MemoryBudget.Purpose.CACHE, capacity * ENTRY);
        OffHeap.fill(region.address(), capacity * ENTRY, (byte) 0);
        return region;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void add(byte[] key) {
        put(hash(key, FIRST), hash(key, SECOND));
        if (count * 2 > capacity) {
            grow();
        }
    }

    boolean contains(byte[] key) {
        long first = hash(key, FIRST);
        long second = hash(key, SECOND);
        long at = slot(first, second);
        return OffHeap.getLong(at) == first && OffHeap.getLong(at + 8) == second;
    }

    private void put(long first, long second) {
        long at = slot(first, second);
        if (OffHeap.getLong(at) == 0) {
            OffHeap.putLong(at, first);
            OffHeap.putLong(at + 8, second);
            count++;
        }
    }

    /** Where the key is, or the free place where it would be. */
    private long slot(long first, long second) {
        long index = first & (capacity - 1);
        while (true) {
            long at = slots.address() + index * ENTRY;
            long there = OffHeap.getLong(at);
            if (there == 0 || (there == first && OffHeap.getLong(at + 8) == second)) {
                return at;
            }
            index = (index + 1) & (capacity - 1);
        }
    }

    private void grow() {
        var old = slots;
        long oldCapacity = capacity;
        capacity *= 2;
        count = 0;
        slots = empty(budget, capacity);
        for (long i = 0; i < oldCapacity; i++) {
            long at = old.address() + i * ENTRY;
            if (OffHeap.getLong(at) != 0) {
                put(OffHeap.getLong(at), OffHeap.getLong(at + 8));
            }
        }
        old.close();
    }

    /** Never 0, which marks a free place. */
    private static long hash(byte[] key, long multiplier) {
        long hash = key.length * multiplier;
        int at = 0;
        for (; at + 8 <= key.length; at += 8) {
            hash = mix(hash ^ (long) LONG.get(key, at), multiplier);
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = rest << 8 | (key[at] & 0xFF);
        }
        hash = mix(hash ^ rest, multiplier);
        return hash == 0 ? 1 : hash;
    }

    private static long mix(long value, long multiplier) {
        long product = (value ^ value >>> 32) * multiplier;
        return (product ^ product >>> 29) * FIRST ^ product >>> 32;
    }

    @Override
    public void close() {
        slots.close();
    }
}
