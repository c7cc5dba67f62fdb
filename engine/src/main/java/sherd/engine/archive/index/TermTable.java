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
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int FIRST_TERMS = 512;
    private static final int NONE = -1;
    private static final int HEAD = 8;
    private static final int AT_ONCE = 64;

    /** Of a term, at {@code term << RECORD_BITS} among the records. */
    private static final int RECORD_BITS = 3;

    private static final int HASH = 0;
    /** The first bytes of the term, the rest zero: low half, high half. */
    private static final int HEAD_LOW = 1;

    private static final int HEAD_HIGH = 2;
    private static final int LAST_ROW = 3;
    private static final int COUNT = 4;
    private static final int LIST = 5;
    /** The last block of a term kept by blocks, or {@link #NONE}. */
    private static final int LAST_BLOCK = 6;
    /** Place of the term's bytes; the place after them is the next term's. */
    private static final int NAME = 7;

    private static final int BYTES_A_TERM = Integer.BYTES << RECORD_BITS;

    private final MemoryBudget budget;
    private final ByteSink scratch = new ByteSink();
    private long reserved;

    private int[] slots = new int[FIRST_TERMS * 2];
    private int terms;
    private int[] records = new int[FIRST_TERMS << RECORD_BITS];
    private byte[] nameBytes = new byte[8 << 10];
    /** Terms gathered, and what is known of each. */
    private int gathered;

    private byte[] source = {};
    private final int[] offsets = new int[AT_ONCE];
    private final int[] lengths = new int[AT_ONCE];
    private final long[] termHeads = new long[AT_ONCE];
    private final int[] termHashes = new int[AT_ONCE];
    private final int[] near = new int[AT_ONCE];

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
        return terms * (BYTES_A_TERM + 2L * Integer.BYTES) + nameStart(terms) + gaps.usedBytes();
    }

    private long heldBytes() {
        return slots.length * 4L + records.length * 4L + nameBytes.length + gaps.heldBytes();
    }

    /** A term of a row, which lies in the same buffer as those gathered before. Longer terms are cut. */
    void gather(byte[] buffer, int offset, int length, int row) {
        if (gathered == AT_ONCE) {
            addGathered(row);
        }
        int kept = Math.min(length, TermLayout.MAX_TERM_BYTES);
        long head = head(buffer, offset, kept);
        source = buffer;
        offsets[gathered] = offset;
        lengths[gathered] = kept;
        termHeads[gathered] = head;
        termHashes[gathered++] = hash(buffer, offset, kept, head);
    }

    /**
     * Notes that a row has what was gathered; rows come in order. Most of a table is not in the cache. So all slots are
     * read first, then all records: the memory answers many at a time. What was read is not used but to have it near.
     */
    void addGathered(int row) {
        for (int i = 0; i < gathered; i++) {
            near[i] = slots[termHashes[i] & (slots.length - 1)];
        }
        for (int i = 0; i < gathered; i++) {
            near[i] = records[Math.max(0, near[i] - 1) << RECORD_BITS];
        }
        for (int i = 0; i < gathered; i++) {
            add(source, offsets[i], lengths[i], termHeads[i], termHashes[i], row);
        }
        gathered = 0;
    }

    private void add(byte[] buffer, int offset, int kept, long head, int hash, int row) {
        int slot = hash & (slots.length - 1);
        for (int term = slots[slot]; term != 0; term = slots[slot]) {
            int at = (term - 1) << RECORD_BITS;
            if (records[at + HASH] == hash && headAt(at) == head && equal(at, buffer, offset, kept)) {
                if (records[at + LAST_ROW] != row) {
                    addRow(at, row);
                }
                return;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = addTerm(buffer, offset, kept, hash, head, row) + 1;
        if (terms * 2 > slots.length) {
            rehash();
        }
    }

    /** Forgets everything; what was grown stays, for as much will come again. */
    void clear() {
        Arrays.fill(slots, 0);
        terms = 0;
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
        return IntSort.sorted(terms, (left, right) -> {
            int byHead = Long.compareUnsigned(
                    Long.reverseBytes(headAt(left << RECORD_BITS)), Long.reverseBytes(headAt(right << RECORD_BITS)));
            return byHead != 0
                    ? byHead
                    : Arrays.compareUnsigned(
                            nameBytes, nameStart(left), nameEnd(left), nameBytes, nameStart(right), nameEnd(right));
        });
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
        return nameStart(term + 1);
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

    private void addRow(int at, int row) {
        int count = ++records[at + COUNT];
        int lastRow = records[at + LAST_ROW];
        records[at + LAST_ROW] = row;
        int lastBlock = records[at + LAST_BLOCK];
        if (lastBlock != NONE) {
            int block = row >>> ListLayout.BLOCK_BITS;
            if (block != lastBlock) {
                gaps.append(records[at + LIST], block - lastBlock);
                records[at + LAST_BLOCK] = block;
            }
            return;
        }
        if (count == 2) {
            records[at + LIST] = gaps.start();
            gaps.append(records[at + LIST], lastRow);
        }
        gaps.append(records[at + LIST], row - lastRow);
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

    private int addTerm(byte[] buffer, int offset, int length, int hash, long head, int row) {
        int term = terms++;
        int at = term << RECORD_BITS;
        int next = at + (1 << RECORD_BITS);
        if (next == records.length) {
            records = Arrays.copyOf(records, Math.multiplyExact(next, 2));
            account();
        }
        int start = records[at + NAME];
        if (start + length > nameBytes.length) {
            nameBytes = Arrays.copyOf(nameBytes, Math.multiplyExact(nameBytes.length, 2));
        }
        System.arraycopy(buffer, offset, nameBytes, start, length);
        records[next + NAME] = start + length;
        records[at + HASH] = hash;
        records[at + HEAD_LOW] = (int) head;
        records[at + HEAD_HIGH] = (int) (head >>> Integer.SIZE);
        records[at + LAST_ROW] = row;
        records[at + COUNT] = 1;
        records[at + LAST_BLOCK] = NONE;
        return term;
    }

    private boolean equal(int at, byte[] buffer, int offset, int length) {
        int start = records[at + NAME];
        int end = records[at + (1 << RECORD_BITS) + NAME];
        return end - start == length
                && (length <= HEAD
                        || Arrays.equals(nameBytes, start + HEAD, end, buffer, offset + HEAD, offset + length));
    }

    private void rehash() {
        var bigger = new int[slots.length * 2];
        for (int term = 0; term < terms; term++) {
            int slot = records[(term << RECORD_BITS) + HASH] & (bigger.length - 1);
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
            return length >= HEAD ? bytes : bytes & ((1L << (length << 3)) - 1);
        }
        long bytes = 0;
        for (int i = 0; i < Math.min(length, HEAD); i++) {
            bytes |= (buffer[offset + i] & 0xFFL) << (i << 3);
        }
        return bytes;
    }

    private static int hash(byte[] buffer, int offset, int length, long head) {
        long hash = (head ^ length) * 0x9E3779B97F4A7C15L;
        if (length > HEAD) {
            int last = offset + length - HEAD;
            for (int at = offset + HEAD; at < last; at += HEAD) {
                hash = (Long.rotateLeft(hash, 29) ^ (long) BIG.get(buffer, at)) * 0xD1B54A32D192ED03L;
            }
            hash = (Long.rotateLeft(hash, 29) ^ (long) BIG.get(buffer, last)) * 0xD1B54A32D192ED03L;
        }
        return (int) (hash ^ hash >>> 32);
    }
}
