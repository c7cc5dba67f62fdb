package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/**
 * Terms and their rows while a segment is written: a hash table over primitive arrays, no object per term.
 *
 * <p>A term's rows are kept as the gaps that will be written. They grow in slices of one pool; a slice ends with the
 * place of the next, which is twice as long, so a rare term costs 8 bytes and a frequent one little more than its gaps.
 */
public final class TermTable implements AutoCloseable {
    private static final int CHUNK_BITS = 15;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int LINK = 4;
    private static final int FIRST_SLICE = 8;
    private static final int MAX_SLICE = 4096;
    private static final int MAX_CHUNKS = 1 << (31 - CHUNK_BITS);

    private final MemoryBudget budget;
    private long reserved;

    private int[] slots = new int[1 << 10];
    private int terms;
    private int[] hashes = new int[512];
    private int[] lastRow = new int[512];
    private int[] counts = new int[512];
    /** Place of the term's bytes; the place after them is the next term's. */
    private int[] names = new int[513];

    private int[] firstSlice = new int[512];
    private int[] writeAt = new int[512];
    private int[] writeEnd = new int[512];
    private short[] sliceSize = new short[512];

    private byte[] nameBytes = new byte[8 << 10];
    private byte[][] chunks = new byte[16][];
    private int chunkCount;
    private int chunkUsed = CHUNK;

    public TermTable(MemoryBudget budget) {
        this.budget = budget;
        account();
    }

    public int terms() {
        return terms;
    }

    /** Notes that a row has a term; rows come in order. Longer terms are cut. */
    public void add(byte[] buffer, int offset, int length, int row) {
        int kept = Math.min(length, TermLayout.MAX_TERM_BYTES);
        int hash = hash(buffer, offset, kept);
        int slot = hash & (slots.length - 1);
        while (slots[slot] != 0) {
            int term = slots[slot] - 1;
            if (hashes[term] == hash && equal(term, buffer, offset, kept)) {
                if (lastRow[term] != row) {
                    append(term, row - lastRow[term]);
                    lastRow[term] = row;
                    counts[term]++;
                }
                return;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = addTerm(buffer, offset, kept, hash, row) + 1;
        if (terms * 2 > slots.length) {
            rehash();
        }
    }

    @Override
    public void close() {
        budget.release(MemoryBudget.Purpose.INDEX, reserved);
        reserved = 0;
    }

    /** Terms in unsigned byte order. */
    int[] sorted() {
        return IntSort.sorted(
                terms,
                (left, right) -> Arrays.compareUnsigned(
                        nameBytes, names[left], names[left + 1], nameBytes, names[right], names[right + 1]));
    }

    int count(int term) {
        return counts[term];
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
        int at = firstSlice[term];
        int size = FIRST_SLICE;
        while (true) {
            var chunk = chunks[at >>> CHUNK_BITS];
            int start = at & (CHUNK - 1);
            boolean last = writeAt[term] >= at && writeAt[term] <= at + size - LINK;
            if (last) {
                target.putBytes(chunk, start, writeAt[term] - at);
                return;
            }
            target.putBytes(chunk, start, size - LINK);
            at = getLink(at + size - LINK);
            size = Math.min(size * 2, MAX_SLICE);
        }
    }

    private int addTerm(byte[] buffer, int offset, int length, int hash, int row) {
        int term = terms++;
        if (term == hashes.length) {
            grow();
        }
        int start = names[term];
        if (start + length > nameBytes.length) {
            nameBytes = Arrays.copyOf(nameBytes, Math.multiplyExact(nameBytes.length, 2));
            account();
        }
        System.arraycopy(buffer, offset, nameBytes, start, length);
        names[term + 1] = start + length;
        hashes[term] = hash;
        lastRow[term] = row;
        counts[term] = 1;
        int slice = newSlice(FIRST_SLICE);
        firstSlice[term] = slice;
        writeAt[term] = slice;
        writeEnd[term] = slice + FIRST_SLICE - LINK;
        sliceSize[term] = FIRST_SLICE;
        append(term, row);
        return term;
    }

    private void append(int term, int gap) {
        int left = gap;
        while ((left & ~0x7F) != 0) {
            appendByte(term, left | 0x80);
            left >>>= 7;
        }
        appendByte(term, left);
    }

    private void appendByte(int term, int value) {
        int at = writeAt[term];
        if (at == writeEnd[term]) {
            int size = Math.min(2 * sliceSize[term], MAX_SLICE);
            sliceSize[term] = (short) size;
            int next = newSlice(size);
            putLink(at, next);
            writeEnd[term] = next + size - LINK;
            at = next;
        }
        chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)] = (byte) value;
        writeAt[term] = at + 1;
    }

    private int newSlice(int size) {
        if (chunkUsed + size > CHUNK) {
            if (chunkCount == MAX_CHUNKS) {
                throw new StoreException(
                        ErrorCode.TOO_LARGE,
                        "too many words for one segment: terms=" + terms + "; write smaller segments");
            }
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunkCount * 2);
            }
            chunks[chunkCount++] = new byte[CHUNK];
            chunkUsed = 0;
            account();
        }
        int place = (chunkCount - 1) << CHUNK_BITS | chunkUsed;
        chunkUsed += size;
        return place;
    }

    private void putLink(int at, int link) {
        var chunk = chunks[at >>> CHUNK_BITS];
        for (int i = 0; i < LINK; i++) {
            chunk[(at & (CHUNK - 1)) + i] = (byte) (link >>> (8 * i));
        }
    }

    private int getLink(int at) {
        var chunk = chunks[at >>> CHUNK_BITS];
        int link = 0;
        for (int i = 0; i < LINK; i++) {
            link |= (chunk[(at & (CHUNK - 1)) + i] & 0xFF) << (8 * i);
        }
        return link;
    }

    private boolean equal(int term, byte[] buffer, int offset, int length) {
        return Arrays.equals(nameBytes, names[term], names[term + 1], buffer, offset, offset + length);
    }

    private void grow() {
        int size = hashes.length * 2;
        hashes = Arrays.copyOf(hashes, size);
        lastRow = Arrays.copyOf(lastRow, size);
        counts = Arrays.copyOf(counts, size);
        names = Arrays.copyOf(names, size + 1);
        firstSlice = Arrays.copyOf(firstSlice, size);
        writeAt = Arrays.copyOf(writeAt, size);
        writeEnd = Arrays.copyOf(writeEnd, size);
        sliceSize = Arrays.copyOf(sliceSize, size);
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

    private void account() {
        long held = slots.length * 4L + hashes.length * 30L + nameBytes.length + (long) chunkCount * CHUNK;
        budget.reserve(MemoryBudget.Purpose.INDEX, held - reserved);
        reserved = held;
    }

    private static int hash(byte[] buffer, int offset, int length) {
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * 31 + buffer[i];
        }
        hash *= 0x9E3779B1;
        return hash ^ hash >>> 15;
    }
}
