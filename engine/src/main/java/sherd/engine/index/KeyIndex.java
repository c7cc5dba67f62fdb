package sherd.engine.index;

import java.util.Arrays;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;

/**
 * Finds records by key: linear hashing (Litwin, 1980) over pages in native memory, each of which is a small hash table
 * that is as large as its own entries need. Not thread-safe.
 *
 * <p>The low bits of a hash choose the page, its top 16 bits, the tag, the bucket in the page; tags are kept, so a page
 * is laid out anew without looking at its records. A full bucket overflows into the next one, cyclically; between the
 * bucket where an entry belongs and the one where it lies all are full, so a search ends at the first that is not.
 * Entries of a bucket lie without gaps.
 *
 * <p>The index grows by laying out one page a little larger, or by splitting one page (and a page that has become half
 * empty is laid out smaller), so no insert ever pays for a
 * rehash of the whole. A page covers the hashes that end in certain bits; read backwards, those are an interval, and a
 * split cuts the interval in two. A walk in that order ({@link #scan}) therefore meets every entry that is there from
 * start to end, however much the index grows meanwhile.
 *
 * <pre>
 * page:    buckets of 64 bytes
 * bucket:  8 slots of 8 bytes
 * slot:    tag (16 bits, the top of the hash) | address of the record (48 bits); 0 is free
 * </pre>
 */
public final class KeyIndex implements AutoCloseable {
    /** Bits of a hash that count; callers pass hashes of no more. */
    public static final int HASH_BITS = 50;

    private static final int TAG_BITS = 16;
    private static final int TAG_SHIFT = HASH_BITS - TAG_BITS;
    private static final int ADDRESS_BITS = 48;
    private static final long ADDRESS_MASK = (1L << ADDRESS_BITS) - 1;

    private static final int BUCKET_BYTES = 64;
    private static final int SLOTS = 8;
    private static final int COMFORTABLE = 7;
    private static final int LAST = BUCKET_BYTES - 8;
    private static final int MAX_BUCKETS = (1 << 16) - 1;
    /** Entries per page before the next split, on average. Pages not split yet in a round come to have twice as many. */
    private static final int SPLIT_AT = 128;
    /**
     * A cursor has the place of a page, 25 bits of hash read backwards, which sixteenth of its tags is next, and which
     * slot of a bucket is looked at first, which matters to nobody but who wants a random one.
     */
    private static final int PAGE_BITS = 25;

    private static final int STEP_BITS = 4;
    private static final int SLOT_BITS = 3;

    /** Inserts before one more page is looked at whether it keeps a slab from emptying. A power of two. */
    private static final int SETTLE_EVERY = 2;

    private final RecordHeap heap;
    private final Keys keys;
    /** Address (48 bits) and number of buckets (16 bits) of each page, in one so that hints read both at once. */
    private long[] pages = new long[1];

    private int[] counts = new int[1];
    private int pageCount;
    /** {@code 2^level} pages existed when the current round of splits began; {@code split} is next. */
    private int level;

    private int split;
    private long size;
    private long foundSlot;
    private int foundPage;
    private int settled;

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
        int number = pageOf(hash);
        long page = pages[number];
        long tag = hash >>> TAG_SHIFT;
        int home = home(tag, buckets(page));
        long first = address(page) + ((long) home << 6);
        long likely = 0;
        for (int i = 0; i < BUCKET_BYTES; i += 8) {
            likely = OffHeap.getLong(first + i) >>> ADDRESS_BITS == tag ? first + i : likely; // no jump to mispredict
        }
        if (likely != 0) {
            long slot = OffHeap.getLong(likely);
            if (slot != 0 && keys.matches(slot & ADDRESS_MASK, key, keyLength)) {
                foundSlot = likely;
                foundPage = number;
                return slot & ADDRESS_MASK;
            }
            return findFrom(number, home, 0, tag, key, keyLength); // the last slot of the right tag was not it
        }
        return OffHeap.getLong(first + LAST) == 0 ? 0 : findFrom(number, home, 1, tag, key, keyLength);
    }

    /** Looks into buckets from the {@code skip}th after home on. */
    private long findFrom(int number, int home, int skip, long tag, long key, int keyLength) {
        int buckets = buckets(pages[number]);
        long start = address(pages[number]);
        int bucket = skip == 0 ? home : next(home, buckets);
        for (int tries = skip; tries < buckets; tries++) {
            long at = start + ((long) bucket << 6);
            for (int i = 0; i < BUCKET_BYTES; i += 8) {
                long slot = OffHeap.getLong(at + i);
                if (slot >>> ADDRESS_BITS == tag && slot != 0 && keys.matches(slot & ADDRESS_MASK, key, keyLength)) {
                    foundSlot = at + i;
                    foundPage = number;
                    return slot & ADDRESS_MASK;
                }
            }
            if (OffHeap.getLong(at + LAST) == 0) {
                return 0;
            }
            bucket = next(bucket, buckets);
        }
        return 0;
    }

    /**
     * Address of the first bucket that a hash falls into, or 0. May be called without the lock that guards the index:
     * then the answer may be out of date and is good for nothing but to touch memory ahead of its use.
     */
    public long hintBucket(long hash) {
        var known = pages;
        int number = pageOf(hash);
        if (number >= known.length) {
            return 0;
        }
        long page = known[number];
        return address(page) + ((long) home(hash >>> TAG_SHIFT, buckets(page)) << 6);
    }

    /** Address of the bucket that entries of a full one from {@link #hintBucket} run over into, or 0; a hint likewise. */
    public long hintOverflow(long bucket, long hash) {
        var known = pages;
        int number = pageOf(hash);
        if (number >= known.length || OffHeap.getLong(bucket + LAST) == 0) {
            return 0;
        }
        long start = address(known[number]);
        long next = bucket + BUCKET_BYTES;
        return next == start + bytes(buckets(known[number])) ? start : next;
    }

    /** Address of a record that a bucket from {@link #hintBucket} may have for a hash, or 0; a hint likewise. */
    public static long hintRecord(long bucket, long hash) {
        long tag = hash >>> TAG_SHIFT;
        long record = 0;
        for (int i = 0; i < BUCKET_BYTES; i += 8) {
            long slot = OffHeap.getLong(bucket + i);
            record = slot >>> ADDRESS_BITS == tag ? slot & ADDRESS_MASK : record; // no jump to mispredict
        }
        return record;
    }

    /**
     * Adds a record whose key is not there, and remembers its place as {@link #find} does; false (and nothing changed)
     * when memory is out.
     */
    public boolean insert(long hash, long record) {
        if (pageCount == 0 && !addFirstPage()) {
            return false;
        }
        if (size >= (long) pageCount * SPLIT_AT) {
            splitNext();
        }
        int number = pageOf(hash);
        int buckets = buckets(pages[number]);
        if (counts[number] >= comfortable(buckets)
                && !layOut(number, bucketsFor(counts[number]))
                && counts[number] == buckets * SLOTS) {
            return false;
        }
        foundSlot = place(pages[number], hash >>> TAG_SHIFT << ADDRESS_BITS | record);
        foundPage = number;
        counts[number]++;
        if ((++size & SETTLE_EVERY - 1) == 0) {
            settleNext();
        }
        return true;
    }

    /** Points the slot of the last successful {@link #find} to another record of the same key. */
    public void replaceFound(long record) {
        long slot = OffHeap.getLong(foundSlot);
        OffHeap.putLong(foundSlot, (slot & ~ADDRESS_MASK) | record);
    }

    /** Forgets the record of the last successful {@link #find}. */
    public void removeFound() {
        closeGap(pages[foundPage], foundSlot);
        foundSlot = 0;
        size--;
        int left = --counts[foundPage];
        if (left < comfortable(buckets(pages[foundPage])) / 2) {
            layOut(foundPage, bucketsFor(left));
        }
    }

    /**
     * Visits a few records and returns the cursor of the next, 0 after the last; start with 0. Cursors are unsigned
     * 32-bit, of which the lowest three bits may be lost. The visitor must not insert or remove.
     */
    public long scan(long cursor, Visitor visitor) {
        if (pageCount == 0) {
            return 0;
        }
        int step = ((int) cursor >>> SLOT_BITS) & ((1 << STEP_BITS) - 1);
        int bits = Integer.reverse((int) cursor & (-1 << (32 - PAGE_BITS)));
        scanStep(pages[pageOf(bits & 0xFFFFFFFFL)], step, (int) cursor << 3, visitor);
        if (step + 1 < 1 << STEP_BITS) {
            return (((cursor & 0xFFFFFFFFL) >>> SLOT_BITS) + 1) << SLOT_BITS;
        }
        int depth = (bits & ((1 << level) - 1)) < split ? level + 1 : level;
        long next = ((cursor >>> (32 - depth)) + 1) << (32 - depth);
        return next >>> 32 != 0 ? 0 : next;
    }

    /**
     * Whether a walk stands inside a page. If the page is split there, the walk meets entries of one half again; who must
     * meet none twice goes on to the end of the page before others may insert.
     */
    public static boolean insidePage(long cursor) {
        return (((int) cursor >>> SLOT_BITS) & ((1 << STEP_BITS) - 1)) != 0;
    }

    /** Visits what has one sixteenth of the tags: it lies where it belongs, or in full buckets' successors. */
    private static void scanStep(long page, int step, int firstSlot, Visitor visitor) {
        int buckets = buckets(page);
        int bucket = home((long) step << (TAG_BITS - STEP_BITS), buckets);
        int left = home(((step + 1L) << (TAG_BITS - STEP_BITS)) - 1, buckets) - bucket;
        for (int tries = 0; tries < buckets; tries++) {
            long at = address(page) + ((long) bucket << 6);
            for (int i = 0; i < BUCKET_BYTES; i += 8) {
                long slot = OffHeap.getLong(at + ((firstSlot + i) & LAST));
                if (slot != 0 && (int) (slot >>> (64 - STEP_BITS)) == step) {
                    visitor.record(slot & ADDRESS_MASK);
                }
            }
            if (--left < 0 && OffHeap.getLong(at + LAST) == 0) {
                return;
            }
            bucket = next(bucket, buckets);
        }
    }

    /** Visits every record. */
    public void forEach(Visitor visitor) {
        for (int number = 0; number < pageCount; number++) {
            long start = address(pages[number]);
            long end = start + bytes(buckets(pages[number]));
            for (long at = start; at < end; at += 8) {
                long slot = OffHeap.getLong(at);
                if (slot != 0) {
                    visitor.record(slot & ADDRESS_MASK);
                }
            }
        }
    }

    /** Forgets every record and gives the memory of the index back; the records are the caller's to free. */
    @Override
    public void close() {
        for (int number = 0; number < pageCount; number++) {
            free(pages[number]);
        }
        Arrays.fill(pages, 0);
        Arrays.fill(counts, 0);
        pageCount = 0;
        level = 0;
        split = 0;
        size = 0;
        foundSlot = 0;
    }

    private int pageOf(long hash) {
        int low = (int) (hash & ((1L << level) - 1));
        return low < split ? (int) (hash & ((2L << level) - 1)) : low;
    }

    private static long address(long page) {
        return page >>> 16;
    }

    private static int buckets(long page) {
        return (int) page & 0xFFFF;
    }

    private static long bytes(int buckets) {
        return (long) buckets * BUCKET_BYTES;
    }

    private static int home(long tag, int buckets) {
        return (int) ((tag * buckets) >>> TAG_BITS);
    }

    private static int next(int bucket, int buckets) {
        return bucket + 1 == buckets ? 0 : bucket + 1;
    }

    /** As many entries as a page takes before it is laid out larger. With more, many do not lie where they belong. */
    private static int comfortable(int buckets) {
        return buckets * COMFORTABLE;
    }

    /** Buckets for a page that is to take one entry more than {@code entries}; there are few sizes, so slabs fill. */
    private static int bucketsFor(int entries) {
        int buckets = entries / COMFORTABLE + 1;
        int multiple = Math.max(4, Integer.highestOneBit(buckets) >>> 3);
        buckets = (buckets + multiple - 1) & -multiple;
        return Math.min(MAX_BUCKETS, buckets);
    }

    private long allocate(int buckets) {
        long address = heap.allocate(bytes(buckets));
        if (address != 0) {
            OffHeap.fill(address, bytes(buckets), (byte) 0);
        }
        return address == 0 ? 0 : address << 16 | buckets;
    }

    private void free(long page) {
        heap.free(address(page), bytes(buckets(page)));
    }

    private boolean addFirstPage() {
        pages[0] = allocate(bucketsFor(0));
        pageCount = pages[0] == 0 ? 0 : 1;
        return pageCount != 0;
    }

    /** Lays a page out in more or fewer buckets; false if it has that many or there is no memory. */
    private boolean layOut(int number, int buckets) {
        long fresh = buckets != buckets(pages[number]) ? allocate(buckets) : 0;
        if (fresh == 0) {
            return false;
        }
        long old = pages[number];
        long end = address(old) + bytes(buckets(old));
        for (long at = address(old); at < end; at += 8) {
            long slot = OffHeap.getLong(at);
            if (slot != 0) {
                place(fresh, slot);
            }
        }
        pages[number] = fresh;
        free(old);
        return true;
    }

    /**
     * Pages grow alike, so they leave one size of block after the other, and a few that are late would hold its slabs.
     * The page whose turn it is moves together with others of its size.
     */
    private void settleNext() {
        settled = settled + 1 < pageCount ? settled + 1 : 0;
        if (settled == foundPage) {
            return; // the place found in it must stay
        }
        long page = pages[settled];
        pages[settled] = heap.settle(address(page), bytes(buckets(page))) << 16 | buckets(page);
    }

    /** Puts an entry into a page that is not full and returns its address. */
    private static long place(long page, long slot) {
        int buckets = buckets(page);
        int bucket = home(slot >>> ADDRESS_BITS, buckets);
        long at = address(page) + ((long) bucket << 6);
        while (OffHeap.getLong(at + LAST) != 0) {
            bucket = next(bucket, buckets);
            at = address(page) + ((long) bucket << 6);
        }
        at += used(at);
        OffHeap.putLong(at, slot);
        return at;
    }

    /** Bytes of the slots in use in a bucket that is not full. */
    private static int used(long bucket) {
        int used = OffHeap.getLong(bucket + 3 * 8) != 0 ? 4 * 8 : 0;
        used += OffHeap.getLong(bucket + used + 8) != 0 ? 2 * 8 : 0;
        return used + (OffHeap.getLong(bucket + used) != 0 ? 8 : 0);
    }

    /**
     * Takes an entry out. The bucket's last one fills its place; if the bucket was full, an entry that had to pass it
     * comes back from behind, and leaves a gap in turn.
     */
    private static void closeGap(long page, long gap) {
        long at = gap;
        while (true) {
            int bucket = (int) ((at - address(page)) >>> 6);
            long start = address(page) + ((long) bucket << 6);
            boolean wasFull = OffHeap.getLong(start + LAST) != 0;
            long last = wasFull ? start + LAST : start + used(start) - 8;
            OffHeap.putLong(at, OffHeap.getLong(last));
            OffHeap.putLong(last, 0);
            long passed = wasFull ? passedBy(page, bucket) : 0;
            if (passed == 0) {
                return;
            }
            OffHeap.putLong(last, OffHeap.getLong(passed));
            at = passed;
        }
    }

    /** An entry behind a bucket that found it full, or 0. */
    private static long passedBy(long page, int bucket) {
        int buckets = buckets(page);
        int behind = bucket;
        for (int distance = 1; distance < buckets; distance++) {
            behind = next(behind, buckets);
            long at = address(page) + ((long) behind << 6);
            for (int i = 0; i < BUCKET_BYTES; i += 8) {
                long slot = OffHeap.getLong(at + i);
                if (slot == 0) {
                    return 0;
                }
                int away = behind - home(slot >>> ADDRESS_BITS, buckets);
                if ((away < 0 ? away + buckets : away) >= distance) {
                    return at + i;
                }
            }
        }
        return 0;
    }

    /**
     * Moves the entries of page {@code split} whose next hash bit is set to a new page. Without memory for it the index
     * stays as it is, a little fuller.
     */
    private void splitNext() {
        long old = pages[split];
        if (level == PAGE_BITS - 1 && split == (1 << level) - 1) {
            return;
        }
        var moving = new long[((buckets(old) * SLOTS) >>> 6) + 1];
        int movers = mark(old, moving);
        long stayers = allocate(bucketsFor(counts[split] - movers));
        long moved = stayers == 0 ? 0 : allocate(bucketsFor(movers));
        if (moved == 0) {
            if (stayers != 0) {
                free(stayers);
            }
            return;
        }
        for (int i = 0; i < buckets(old) * SLOTS; i++) {
            long slot = OffHeap.getLong(address(old) + ((long) i << 3));
            if (slot != 0) {
                place((moving[i >>> 6] >>> i & 1) != 0 ? moved : stayers, slot);
            }
        }
        if (pageCount == pages.length) {
            counts = Arrays.copyOf(counts, pageCount * 2);
            pages = Arrays.copyOf(pages, pageCount * 2);
        }
        pages[pageCount] = moved;
        counts[pageCount++] = movers;
        pages[split] = stayers;
        counts[split] -= movers;
        free(old);
        if (++split == 1 << level) {
            level++;
            split = 0;
        }
    }

    /** Sets the bits of the slots whose entries a split moves, and returns how many they are. */
    private int mark(long page, long[] moving) {
        int movers = 0;
        for (int i = 0; i < buckets(page) * SLOTS; i++) {
            long slot = OffHeap.getLong(address(page) + ((long) i << 3));
            if (slot != 0 && (keys.hash(slot & ADDRESS_MASK) >>> level & 1) != 0) {
                moving[i >>> 6] |= 1L << i;
                movers++;
            }
        }
        return movers;
    }
}
