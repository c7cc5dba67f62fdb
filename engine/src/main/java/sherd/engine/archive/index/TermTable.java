package sherd.engine.archive.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.memory.MemoryBudget;

/**
 * Terms and their rows while they are gathered: a hash table over primitive arrays, no object per term. What a term has
 * lies together, since most terms of a row are not in the cache.
 *
 * <p>A term with one row has no list. A second row starts one with the gaps from row to row; at
 * {@link ListLayout#FREQUENT} rows it turns into gaps from block to block, so that what is frequent costs neither the
 * time nor the memory of every row.
 */
final class TermTable implements AutoCloseable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int FIRST_TERMS = 512;
    private static final int NONE = -1;
    private static final int HEAD = 8;
    private static final int AT_ONCE = 64;

    /** Of a term, at {@code term << RECORD_BITS} among the records. */
    private static final int RECORD_BITS = 3;

    /** Hash of the term, its low byte replaced by the term's length. */
    private static final int HASH = 0;
    /** The first bytes of the term, the rest zero: low half, high half. */
    private static final int HEAD_LOW = 1;

    private static final int HEAD_HIGH = 2;
    private static final int LAST_ROW = 3;
    private static final int COUNT = 4;
    private static final int LIST = 5;
    /** The last block of a term kept by blocks, or {@link #NONE}. */
    private static final int LAST_BLOCK = 6;
    /** Place of the term's bytes. */
    private static final int NAME = 7;

    private static final int LENGTH_BITS = 8;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private static final int BYTES_A_TERM = Integer.BYTES << RECORD_BITS;

    private final MemoryBudget budget;
    private final ByteSink scratch = new ByteSink();
    private long reserved;

    private int[] slots = new int[FIRST_TERMS * 2];
    private int terms;
    private int[] records = new int[FIRST_TERMS << RECORD_BITS];
    private byte[] nameBytes = new byte[8 << 10];
    private int nameUsed;
    /** Terms gathered that are their head, and those that are longer. */
    private final long[] shortHeads = new long[AT_ONCE];

    private final int[] shortHashes = new int[AT_ONCE];
    private int shorts;
    private final long[] longHeads = new long[AT_ONCE];
    private final int[] longHashes = new int[AT_ONCE];
    private final int[] longOffsets = new int[AT_ONCE];
    private int longs;
    /** Where the longer ones lie. */
    private byte[] source = {};

    /** Of what is being added: the record in its first slot, and the hash there. */
    private final int[] foundRecords = new int[AT_ONCE];

    private final int[] foundHashes = new int[AT_ONCE];

    private final GapLists gaps = new GapLists();

    TermTable(MemoryBudget budget) {
        this.budget = budget;
        account();
    }

    int terms() {
        return terms;
    }

    /** Bytes in use; what is held for growth is as much again at the most. */
    long usedBytes() {
        return terms * (BYTES_A_TERM + 2L * Integer.BYTES) + nameUsed + gaps.usedBytes();
    }

    private long heldBytes() {
        return slots.length * 4L + records.length * 4L + nameBytes.length + gaps.heldBytes();
    }

    /** A term of a row, which lies in the same buffer as those gathered before. Longer terms are cut. */
    void gather(byte[] buffer, int offset, int length, int row) {
        if (length <= HEAD) {
            if (shorts == AT_ONCE) {
                addShorts(row);
            }
            long head = head(buffer, offset, length);
            shortHeads[shorts] = head;
            shortHashes[shorts++] = marked(hash(head, length), length);
        } else {
            if (longs == AT_ONCE) {
                addLongs(row);
            }
            int kept = Math.min(length, TermLayout.MAX_TERM_BYTES);
            long head = (long) LONG.get(buffer, offset);
            source = buffer;
            longHeads[longs] = head;
            longOffsets[longs] = offset;
            longHashes[longs++] = marked(hash(buffer, offset, kept, head), kept);
        }
    }

    /** Notes that a row has what was gathered; rows come in order. */
    void addGathered(int row) {
        addShorts(row);
        addLongs(row);
    }

    /** One length after the other: what a processor would have to guess of each term, it knows of most. */
    private void addShorts(int row) {
        find(shortHashes, shorts);
        for (int i = 0; i < shorts; i++) {
            long head = shortHeads[i];
            int hash = shortHashes[i];
            int at = foundRecords[i];
            if (foundHashes[i] == hash && headAt(at) == head) {
                note(at, row);
            } else {
                addShort(head, hash, row);
            }
        }
        shorts = 0;
    }

    private void addShort(long head, int hash, int row) {
        int slot = slot(hash, slots);
        for (int term = slots[slot]; term != 0; term = slots[slot]) {
            int at = (term - 1) << RECORD_BITS;
            if (records[at + HASH] == hash && headAt(at) == head) {
                note(at, row);
                return;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        int length = hash & LENGTH_MASK;
        roomForName(HEAD);
        LONG.set(nameBytes, nameUsed, head);
        addTerm(slot, length, hash, head, row);
    }

    private void addLongs(int row) {
        find(longHashes, longs);
        for (int i = 0; i < longs; i++) {
            long head = longHeads[i];
            int hash = longHashes[i];
            int at = foundRecords[i];
            if (foundHashes[i] == hash && headAt(at) == head && equal(at, hash, longOffsets[i])) {
                note(at, row);
            } else {
                addLong(longOffsets[i], head, hash, row);
            }
        }
        longs = 0;
    }

    private void addLong(int offset, long head, int hash, int row) {
        int slot = slot(hash, slots);
        for (int term = slots[slot]; term != 0; term = slots[slot]) {
            int at = (term - 1) << RECORD_BITS;
            if (records[at + HASH] == hash && headAt(at) == head && equal(at, hash, offset)) {
                note(at, row);
                return;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        int length = hash & LENGTH_MASK;
        roomForName(length);
        System.arraycopy(source, offset, nameBytes, nameUsed, length);
        addTerm(slot, length, hash, head, row);
    }

    /**
     * Most of a table is not in the cache. So all slots are read first, then all records: the memory answers many at a
     * time.
     */
    private void find(int[] hashes, int count) {
        for (int i = 0; i < count; i++) {
            foundRecords[i] = Math.max(0, slots[slot(hashes[i], slots)] - 1) << RECORD_BITS;
        }
        for (int i = 0; i < count; i++) {
            foundHashes[i] = records[foundRecords[i] + HASH];
        }
    }

    /** Forgets everything; what was grown stays, for as much will come again. */
    void clear() {
        Arrays.fill(slots, 0);
        records[HASH] = 0; // where empty slots lead
        terms = 0;
        nameUsed = 0;
        gaps.clear();
        account();
    }

    @Override
    public void close() {
        budget.release(MemoryBudget.Purpose.INDEX, reserved);
        reserved = 0;
    }

    /** Terms in unsigned byte order. */
    int[] sorted() {
        return IntSort.sorted(terms, term -> Long.reverseBytes(headAt(term << RECORD_BITS)), this::compare);
    }

    private int compare(int left, int right) {
        int byHead = Long.compareUnsigned(
                Long.reverseBytes(headAt(left << RECORD_BITS)), Long.reverseBytes(headAt(right << RECORD_BITS)));
        return byHead != 0
                ? byHead
                : Arrays.compareUnsigned(
                        nameBytes, nameStart(left), nameEnd(left), nameBytes, nameStart(right), nameEnd(right));
    }

    /** Rows that have the term. */
    int count(int term) {
        return records[(term << RECORD_BITS) + COUNT];
    }

    /** Whether its gaps are of blocks. */
    boolean byBlocks(int term) {
        return records[(term << RECORD_BITS) + LAST_BLOCK] != NONE;
    }

    byte[] nameBytes() {
        return nameBytes;
    }

    int nameStart(int term) {
        return records[(term << RECORD_BITS) + NAME];
    }

    int nameEnd(int term) {
        return nameStart(term) + (records[(term << RECORD_BITS) + HASH] & LENGTH_MASK);
    }

    /** Appends a term's gaps. */
    void copyGaps(int term, ByteSink target) {
        int at = term << RECORD_BITS;
        if (records[at + COUNT] == 1) {
            target.putVar(records[at + LAST_ROW]);
        } else {
            gaps.copy(records[at + LIST], target);
        }
    }

    private long headAt(int at) {
        return (long) records[at + HEAD_HIGH] << Integer.SIZE | Integer.toUnsignedLong(records[at + HEAD_LOW]);
    }

    /** Notes that a row has a term. */
    private void note(int at, int row) {
        int lastRow = records[at + LAST_ROW];
        records[at + LAST_ROW] = row;
        records[at + COUNT] += lastRow == row ? 0 : 1;
        if (records[at + LAST_BLOCK] != row >>> ListLayout.BLOCK_BITS && lastRow != row) {
            extend(at, lastRow, row);
        }
    }

    private void extend(int at, int lastRow, int row) {
        int list = records[at + LIST];
        int lastBlock = records[at + LAST_BLOCK];
        if (lastBlock != NONE) {
            int block = row >>> ListLayout.BLOCK_BITS;
            gaps.append(list, block - lastBlock);
            records[at + LAST_BLOCK] = block;
            return;
        }
        int count = records[at + COUNT];
        if (count == 2) {
            list = gaps.start();
            records[at + LIST] = list;
            gaps.append(list, lastRow);
        }
        gaps.append(list, row - lastRow);
        if (count == ListLayout.FREQUENT) {
            turnToBlocks(at);
        }
    }

    private void turnToBlocks(int at) {
        int list = records[at + LIST];
        scratch.clear();
        gaps.copy(list, scratch);
        gaps.restart(list);
        var values = new GapReader(scratch.array(), 0, scratch.size());
        int row = 0;
        int before = NONE;
        while (values.more()) {
            row += values.next();
            int block = row >>> ListLayout.BLOCK_BITS;
            if (block != before) {
                gaps.append(list, before == NONE ? block : block - before);
                before = block;
            }
        }
        records[at + LAST_BLOCK] = before;
    }

    private void roomForName(int bytes) {
        if (nameUsed + bytes > nameBytes.length) {
            nameBytes = Arrays.copyOf(nameBytes, Math.multiplyExact(nameBytes.length, 2));
        }
    }

    /** A new term, whose bytes were put behind the names. */
    private void addTerm(int slot, int length, int hash, long head, int row) {
        int at = terms++ << RECORD_BITS;
        slots[slot] = terms;
        if (at + (1 << RECORD_BITS) == records.length) {
            records = Arrays.copyOf(records, Math.multiplyExact(records.length, 2));
            account();
        }
        records[at + HASH] = hash;
        records[at + HEAD_LOW] = (int) head;
        records[at + HEAD_HIGH] = (int) (head >>> Integer.SIZE);
        records[at + LAST_ROW] = row;
        records[at + COUNT] = 1;
        records[at + LAST_BLOCK] = NONE;
        records[at + NAME] = nameUsed;
        nameUsed += length;
        if (terms * 2 > slots.length) {
            rehash();
        }
    }

    /** Whether terms of one length and head are equal: compares what follows the head, the last bytes perhaps twice. */
    private boolean equal(int at, int hash, int offset) {
        int start = records[at + NAME];
        int last = (hash & LENGTH_MASK) - HEAD;
        for (int i = HEAD; i < last; i += HEAD) {
            if ((long) LONG.get(nameBytes, start + i) != (long) LONG.get(source, offset + i)) {
                return false;
            }
        }
        return (long) LONG.get(nameBytes, start + last) == (long) LONG.get(source, offset + last);
    }

    private void rehash() {
        var bigger = new int[slots.length * 2];
        for (int term = 0; term < terms; term++) {
            int slot = slot(records[(term << RECORD_BITS) + HASH], bigger);
            while (bigger[slot] != 0) {
                slot = (slot + 1) & (bigger.length - 1);
            }
            bigger[slot] = term + 1;
        }
        slots = bigger;
        account();
    }

    /** Lists grow without a word; whoever fills the table calls this now and then. */
    void account() {
        long held = heldBytes();
        budget.reserve(MemoryBudget.Purpose.INDEX, held - reserved);
        reserved = held;
    }

    private static long head(byte[] buffer, int offset, int length) {
        if (offset + HEAD <= buffer.length) {
            long bytes = (long) LONG.get(buffer, offset);
            return bytes & -1L >>> (Math.max(0, HEAD - length) << 3);
        }
        long bytes = 0;
        for (int i = 0; i < Math.min(length, HEAD); i++) {
            bytes |= (buffer[offset + i] & 0xFFL) << (i << 3);
        }
        return bytes;
    }

    private static long hash(long head, int length) {
        return fold(head ^ length, 0x9E3779B97F4A7C15L);
    }

    private static long hash(byte[] buffer, int offset, int length, long head) {
        long hash = hash(head, length);
        int last = offset + length - HEAD;
        for (int at = offset + HEAD; at < last; at += HEAD) {
            hash = fold(hash ^ (long) LONG.get(buffer, at), 0xD1B54A32D192ED03L);
        }
        return fold(hash ^ (long) LONG.get(buffer, last), 0xD1B54A32D192ED03L);
    }

    private static long fold(long left, long right) {
        return (left * right) ^ Math.unsignedMultiplyHigh(left, right);
    }

    /** The upper bits of a hash, and the length. */
    private static int marked(long hash, int length) {
        return ((int) (hash >>> Integer.SIZE) & ~LENGTH_MASK) | length;
    }

    private static int slot(int hash, int[] slots) {
        return (hash >>> LENGTH_BITS) & (slots.length - 1);
    }
}
