package sherd.engine.index;

import java.util.Arrays;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;

/**
 * Finds records by key: linear hashing (Litwin, 1980) over 64-byte buckets in native memory. Not thread-safe.
 *
 * <p>It grows by one bucket at a time, a few inserts apart, so no insert ever pays for a rehash of the whole. A bucket
 * covers the hashes that end in certain bits; read backwards, those are an interval, and a split cuts the interval
 * in two. A walk in that order ({@link #scan}) therefore meets every entry that is there from start to end, however
 * much the index grows meanwhile.
 *
 * <pre>
 * bucket:  7 slots of 8 bytes, then the address of an overflow bucket or 0
 * slot:    tag (16 bits, the top of the hash) | address of the record (48 bits); 0 is free
 * </pre>
 */
public final class KeyIndex implements AutoCloseable {
    /** Bits of a hash that count; callers pass hashes of no more. */
    public static final int HASH_BITS = 50;

    private static final int BUCKET_BYTES = 64;
    private static final int SLOTS = 7;
    private static final int LINK = SLOTS * 8;
    private static final long ADDRESS_MASK = (1L << 48) - 1;
    private static final int TAG_SHIFT = HASH_BITS - 16;
    /** Buckets per page of the directory; a page is one block of the heap. */
    private static final int PAGE_BUCKETS = 32;

    private static final int PAGE_BYTES = PAGE_BUCKETS * BUCKET_BYTES;
    private static final int FIRST_LEVEL = 3;
    /** Entries per bucket before the next split: below 7 so that few keys sit in overflow buckets. */
    private static final int FILL = 5;

    private final RecordHeap heap;
    private final Keys keys;
    private long[] pages = new long[1];
    private int buckets;
    /** {@code 2^level} buckets existed when the current round of splits began; {@code split} is next. */
    private int level = FIRST_LEVEL;

    private int split;
    private long size;
    private long foundSlot;

    /** What the index asks of the records it points to. */
    public interface Keys {
        boolean matches(long record, long key, int keyLength);

        /** The same hash the record was inserted under. */
        long hash(long record);
    }

    /** Receives records during a walk. */
    @FunctionalInterface
    public interface Visitor {
        void record(long record);
    }

    public KeyIndex(RecordHeap heap, Keys keys) {
        this.heap = heap;
        this.keys = keys;
    }

    public long size() {
        return size;
    }

    /** The record of a key, or 0. Remembers the place for {@link #replaceFound} and {@link #removeFound}. */
    public long find(long hash, long key, int keyLength) {
        foundSlot = 0;
        if (size == 0) {
            return 0;
        }
        long tag = hash >>> TAG_SHIFT;
        long first = bucketAddress(bucketOf(hash));
        long likely = 0;
        for (int i = 0; i < LINK; i += 8) {
            likely = OffHeap.getLong(first + i) >>> 48 == tag ? first + i : likely; // no jump to mispredict
        }
        if (likely != 0) {
            long slot = OffHeap.getLong(likely);
            if (slot != 0 && keys.matches(slot & ADDRESS_MASK, key, keyLength)) {
                foundSlot = likely;
                return slot & ADDRESS_MASK;
            }
        }
        return findInChain(first, tag, key, keyLength);
    }

    /** When the last slot of the right tag in the first bucket was not it. */
    private long findInChain(long first, long tag, long key, int keyLength) {
        for (long bucket = first; bucket != 0; bucket = OffHeap.getLong(bucket + LINK)) {
            for (int i = 0; i < SLOTS; i++) {
                long slot = OffHeap.getLong(bucket + (i << 3));
                if (slot >>> 48 == tag && slot != 0) {
                    long record = slot & ADDRESS_MASK;
                    if (keys.matches(record, key, keyLength)) {
                        foundSlot = bucket + (i << 3);
                        return record;
                    }
                }
            }
        }
        return 0;
    }

    /**
     * Address of the first bucket that a hash falls into, or 0. May be called without the lock that guards the index:
     * then the answer may be out of date and is good for nothing but to touch memory ahead of its use.
     */
    public long hintBucket(long hash) {
        var known = pages;
        int bucket = bucketOf(hash);
        int page = bucket / PAGE_BUCKETS;
        if (page >= known.length || known[page] == 0) {
            return 0;
        }
        return known[page] + (long) (bucket % PAGE_BUCKETS) * BUCKET_BYTES;
    }

    /** Address of a record that a bucket from {@link #hintBucket} may have for a hash, or 0; a hint likewise. */
    public static long hintRecord(long bucket, long hash) {
        long tag = hash >>> TAG_SHIFT;
        long record = 0;
        for (int i = 0; i < LINK; i += 8) {
            long slot = OffHeap.getLong(bucket + i);
            record = slot >>> 48 == tag ? slot & ADDRESS_MASK : record; // no jump to mispredict
        }
        return record;
    }

    /**
     * Adds a record whose key is not there, and remembers its place as {@link #find} does; false (and nothing changed)
     * when memory is out.
     */
    public boolean insert(long hash, long record) {
        if (buckets == 0 && !addBucketsTo(1 << FIRST_LEVEL)) {
            return false;
        }
        if (size >= (long) buckets * FILL) {
            splitNext();
        }
        foundSlot = place(bucketAddress(bucketOf(hash)), slot(hash, record));
        if (foundSlot == 0) {
            return false;
        }
        size++;
        return true;
    }

    /** Points the slot of the last successful {@link #find} to another record of the same key. */
    public void replaceFound(long record) {
        long slot = OffHeap.getLong(foundSlot);
        OffHeap.putLong(foundSlot, (slot & ~ADDRESS_MASK) | record);
    }

    /** Forgets the record of the last successful {@link #find}. */
    public void removeFound() {
        OffHeap.putLong(foundSlot, 0);
        foundSlot = 0;
        size--;
    }

    /**
     * Visits one bucket and returns the cursor of the next, 0 after the last; start with 0. Cursors are unsigned 32-bit.
     * The visitor must not insert or remove.
     */
    public long scan(long cursor, Visitor visitor) {
        if (buckets == 0) {
            return 0;
        }
        int bits = Integer.reverse((int) cursor);
        int bucket = bucketOf(bits & 0xFFFFFFFFL);
        int depth = (bits & ((1 << level) - 1)) < split ? level + 1 : level;
        for (long at = bucketAddress(bucket); at != 0; at = OffHeap.getLong(at + LINK)) {
            for (int i = 0; i < SLOTS; i++) {
                long slot = OffHeap.getLong(at + (i << 3));
                if (slot != 0) {
                    visitor.record(slot & ADDRESS_MASK);
                }
            }
        }
        long next = ((cursor >>> (32 - depth)) + 1) << (32 - depth);
        return next >>> 32 != 0 ? 0 : next;
    }

    /** Visits every record. */
    public void forEach(Visitor visitor) {
        long cursor = 0;
        do {
            cursor = scan(cursor, visitor);
        } while (cursor != 0);
    }

    /** Forgets every record and gives the memory of the index back; the records are the caller's to free. */
    @Override
    public void close() {
        for (int bucket = 0; bucket < buckets; bucket++) {
            freeChain(bucketAddress(bucket));
        }
        for (long page : pages) {
            if (page != 0) {
                heap.free(page, PAGE_BYTES);
            }
        }
        Arrays.fill(pages, 0);
        buckets = 0;
        level = FIRST_LEVEL;
        split = 0;
        size = 0;
        foundSlot = 0;
    }

    private int bucketOf(long hash) {
        int low = (int) (hash & ((1L << level) - 1));
        return low < split ? (int) (hash & ((2L << level) - 1)) : low;
    }

    private long bucketAddress(int bucket) {
        return pages[bucket / PAGE_BUCKETS] + (long) (bucket % PAGE_BUCKETS) * BUCKET_BYTES;
    }

    private static long slot(long hash, long record) {
        return (hash >>> TAG_SHIFT) << 48 | record;
    }

    /** Puts an entry into a free slot of a chain and returns its address; 0 when there is no memory for another link. */
    private long place(long bucket, long slot) {
        long at = bucket;
        while (true) {
            for (int i = 0; i < SLOTS; i++) {
                if (OffHeap.getLong(at + (i << 3)) == 0) {
                    OffHeap.putLong(at + (i << 3), slot);
                    return at + (i << 3);
                }
            }
            long link = OffHeap.getLong(at + LINK);
            if (link == 0) {
                break;
            }
            at = link;
        }
        long overflow = heap.allocate(BUCKET_BYTES);
        if (overflow == 0) {
            return 0;
        }
        OffHeap.fill(overflow, BUCKET_BYTES, (byte) 0);
        OffHeap.putLong(overflow, slot);
        OffHeap.putLong(at + LINK, overflow);
        return overflow;
    }

    private boolean addBucketsTo(int count) {
        int page = (count - 1) / PAGE_BUCKETS;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length * 2));
        }
        if (pages[page] == 0) {
            long address = heap.allocate(PAGE_BYTES);
            if (address == 0) {
                return false;
            }
            OffHeap.fill(address, PAGE_BYTES, (byte) 0);
            pages[page] = address;
        }
        buckets = count;
        return true;
    }

    /**
     * Moves the entries of bucket {@code split} whose next hash bit is set to a new bucket. Without memory for it the
     * index stays as it is, a little fuller.
     */
    private void splitNext() {
        int target = buckets;
        if (!addBucketsTo(target + 1)) {
            return;
        }
        long source = bucketAddress(split);
        if (!reserveChain(bucketAddress(target), countMovers(source))) {
            buckets = target;
            return;
        }
        for (long at = source; at != 0; at = OffHeap.getLong(at + LINK)) {
            for (int i = 0; i < SLOTS; i++) {
                long slot = OffHeap.getLong(at + (i << 3));
                if (moves(slot)) {
                    place(bucketAddress(target), slot);
                    OffHeap.putLong(at + (i << 3), 0);
                }
            }
        }
        compact(source);
        split++;
        if (split == 1 << level) {
            level++;
            split = 0;
        }
    }

    private boolean moves(long slot) {
        return slot != 0 && (keys.hash(slot & ADDRESS_MASK) >>> level & 1) != 0;
    }

    private int countMovers(long bucket) {
        int movers = 0;
        for (long at = bucket; at != 0; at = OffHeap.getLong(at + LINK)) {
            for (int i = 0; i < SLOTS; i++) {
                movers += moves(OffHeap.getLong(at + (i << 3))) ? 1 : 0;
            }
        }
        return movers;
    }

    /** Links enough overflow buckets for {@code entries} up front, so that a split cannot fail half way. */
    private boolean reserveChain(long bucket, int entries) {
        long at = bucket;
        for (int room = SLOTS; room < entries; room += SLOTS) {
            long overflow = heap.allocate(BUCKET_BYTES);
            if (overflow == 0) {
                freeChain(bucket);
                return false;
            }
            OffHeap.fill(overflow, BUCKET_BYTES, (byte) 0);
            OffHeap.putLong(at + LINK, overflow);
            at = overflow;
        }
        return true;
    }

    private void freeChain(long bucket) {
        long link = OffHeap.getLong(bucket + LINK);
        while (link != 0) {
            long next = OffHeap.getLong(link + LINK);
            heap.free(link, BUCKET_BYTES);
            link = next;
        }
        OffHeap.putLong(bucket + LINK, 0);
    }

    /** Pulls entries forward and frees overflow buckets at the end of the chain that are left empty. */
    private void compact(long bucket) {
        long previous = bucket;
        long link = OffHeap.getLong(bucket + LINK);
        while (link != 0) {
            for (int i = 0; i < SLOTS; i++) {
                long slot = OffHeap.getLong(link + (i << 3));
                if (slot != 0) {
                    long room = freeSlot(bucket, link);
                    if (room != 0) {
                        OffHeap.putLong(room, slot);
                        OffHeap.putLong(link + (i << 3), 0);
                    }
                }
            }
            long next = OffHeap.getLong(link + LINK);
            if (empty(link)) {
                OffHeap.putLong(previous + LINK, next);
                heap.free(link, BUCKET_BYTES);
            } else {
                previous = link;
            }
            link = next;
        }
    }

    private static long freeSlot(long from, long before) {
        for (long at = from; at != before; at = OffHeap.getLong(at + LINK)) {
            for (int i = 0; i < SLOTS; i++) {
                if (OffHeap.getLong(at + (i << 3)) == 0) {
                    return at + (i << 3);
                }
            }
        }
        return 0;
    }

    private static boolean empty(long bucket) {
        for (int i = 0; i < SLOTS; i++) {
            if (OffHeap.getLong(bucket + (i << 3)) != 0) {
                return false;
            }
        }
        return true;
    }
}
