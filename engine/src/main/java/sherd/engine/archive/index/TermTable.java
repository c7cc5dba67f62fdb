package sherd.engine.archive.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.memory.MemoryBudget;

/**
 * Terms and their rows while they are gathered: a hash table over primitive arrays, no object per term.
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
    private static final int BYTES_A_TERM = 4 + 8 + 4 + 4 + 4 + 4 + 4;

    private final MemoryBudget budget;
    private final ByteSink scratch = new ByteSink();
    private long reserved;

    private int[] slots = new int[FIRST_TERMS * 2];
    private int terms;
    private int[] hashes = new int[FIRST_TERMS];
    /** The first bytes of each term, the rest zero. */
    private long[] heads = new long[FIRST_TERMS];

    private int[] lastRow = new int[FIRST_TERMS];
    private int[] counts = new int[FIRST_TERMS];
    private int[] lists = new int[FIRST_TERMS];
    /** The last block of a term kept by blocks, or {@link #NONE}. */
    private int[] lastBlock = new int[FIRST_TERMS];
    /** Place of the term's bytes; the place after them is the next term's. */
    private int[] names = new int[FIRST_TERMS + 1];

    private byte[] nameBytes = new byte[8 << 10];
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
        return terms * (BYTES_A_TERM + 2L * Integer.BYTES) + names[terms] + gaps.usedBytes();
    }

    private long heldBytes() {
        return slots.length * 4L + (long) hashes.length * BYTES_A_TERM + nameBytes.length + gaps.heldBytes();
    }

    /** Notes that a row has a term; rows come in order. Longer terms are cut. */
    void add(byte[] buffer, int offset, int length, int row) {
        int kept = Math.min(length, TermLayout.MAX_TERM_BYTES);
        long head = head(buffer, offset, kept);
        int hash = hash(buffer, offset, kept, head);
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0) {
            int term = slots[slot] - 1;
            if (hashes[term] == hash && heads[term] == head && equal(term, buffer, offset, kept)) {
                if (lastRow[term] != row) {
                    addRow(term, row);
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
            int byHead = Long.compareUnsigned(Long.reverseBytes(heads[left]), Long.reverseBytes(heads[right]));
            return byHead != 0
                    ? byHead
                    : Arrays.compareUnsigned(
                            nameBytes, names[left], names[left + 1], nameBytes, names[right], names[right + 1]);
        });
    }

    /** Rows that have the term. */
    int count(int term) {
        return counts[term];
    }

    /** Whether its gaps are of blocks. */
    boolean byBlocks(int term) {
        return lastBlock[term] != NONE;
    }

    byte[] nameBytes() {
        return nameBytes;
    }

    int nameStart(int term) {
        return names[term];
    }

    int nameEnd(int term) {
        return names[term + 1];
    }

    /** Appends a term's gaps. */
    void copyGaps(int term, ByteSink target) {
        if (counts[term] == 1) {
            target.putVar(lastRow[term]);
        } else {
            gaps.copy(lists[term], target);
        }
    }

    private void addRow(int term, int row) {
        int count = ++counts[term];
        if (lastBlock[term] != NONE) {
            int block = row >>> ListLayout.BLOCK_BITS;
            if (block != lastBlock[term]) {
                gaps.append(lists[term], block - lastBlock[term]);
                lastBlock[term] = block;
            }
        } else {
            if (count == 2) {
                lists[term] = gaps.start();
                gaps.append(lists[term], lastRow[term]);
            }
            gaps.append(lists[term], row - lastRow[term]);
            if (count == ListLayout.FREQUENT) {
                turnToBlocks(term);
            }
        }
        lastRow[term] = row;
    }

    private void turnToBlocks(int term) {
        scratch.clear();
        gaps.copy(lists[term], scratch);
        gaps.restart(lists[term]);
        var values = new GapReader(scratch.array(), 0, scratch.size());
        int row = 0;
        int before = NONE;
        while (values.more()) {
            row += values.next();
            int block = row >>> ListLayout.BLOCK_BITS;
            if (block != before) {
                gaps.append(lists[term], before == NONE ? block : block - before);
                before = block;
            }
        }
        lastBlock[term] = before;
    }

    private int addTerm(byte[] buffer, int offset, int length, int hash, long head, int row) {
        int term = terms++;
        if (term == hashes.length) {
            grow();
        }
        int start = names[term];
        if (start + length > nameBytes.length) {
            nameBytes = Arrays.copyOf(nameBytes, Math.multiplyExact(nameBytes.length, 2));
        }
        System.arraycopy(buffer, offset, nameBytes, start, length);
        names[term + 1] = start + length;
        hashes[term] = hash;
        heads[term] = head;
        lastRow[term] = row;
        counts[term] = 1;
        lastBlock[term] = NONE;
        return term;
    }

    private boolean equal(int term, byte[] buffer, int offset, int length) {
        int start = names[term];
        int end = names[term + 1];
        return end - start == length
                && (length <= HEAD
                        || Arrays.equals(nameBytes, start + HEAD, end, buffer, offset + HEAD, offset + length));
    }

    private void grow() {
        int size = hashes.length * 2;
        hashes = Arrays.copyOf(hashes, size);
        heads = Arrays.copyOf(heads, size);
        lastRow = Arrays.copyOf(lastRow, size);
        counts = Arrays.copyOf(counts, size);
        lists = Arrays.copyOf(lists, size);
        lastBlock = Arrays.copyOf(lastBlock, size);
        names = Arrays.copyOf(names, size + 1);
        account();
    }

    private void rehash() {
        var bigger = new int[slots.length * 2];
        for (int term = 0; term < terms; term++) {
            int slot = hashes[term] & (bigger.length - 1);
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
