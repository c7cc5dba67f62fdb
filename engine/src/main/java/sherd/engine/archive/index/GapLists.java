package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * Many growing lists of gaps over one pool of bytes, no object per list. A list grows in slices; a slice ends with the
 * place of the next, which is twice as long, so a short list costs 8 bytes and a long one little more than its gaps.
 */
final class GapLists {
    private static final int CHUNK_BITS = 15;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int LINK = 4;
    private static final int FIRST_SLICE = 8;
    private static final int MAX_SLICE = 4096;
    private static final long BYTES_A_LIST = 4 + 4 + 4 + 2;
    private static final int MAX_CHUNKS = 1 << (31 - CHUNK_BITS);

    private int[] firstSlice = new int[256];
    private int[] writeAt = new int[256];
    private int[] writeEnd = new int[256];
    private short[] sliceSize = new short[256];
    private int lists;

    private byte[][] chunks = new byte[16][];
    private int chunkCount;
    private int chunkUsed = CHUNK;

    /** A new, empty list. */
    int start() {
        if (lists == firstSlice.length) {
            int size = lists * 2;
            firstSlice = Arrays.copyOf(firstSlice, size);
            writeAt = Arrays.copyOf(writeAt, size);
            writeEnd = Arrays.copyOf(writeEnd, size);
            sliceSize = Arrays.copyOf(sliceSize, size);
        }
        restart(lists);
        return lists++;
    }

    /** Empties a list; its bytes stay lost until {@link #clear}. */
    void restart(int list) {
        int slice = newSlice(FIRST_SLICE);
        firstSlice[list] = slice;
        writeAt[list] = slice;
        writeEnd[list] = slice + FIRST_SLICE - LINK;
        sliceSize[list] = FIRST_SLICE;
    }

    void append(int list, int gap) {
        int left = gap;
        while ((left & ~0x7F) != 0) {
            appendByte(list, left | 0x80);
            left >>>= 7;
        }
        appendByte(list, left);
    }

    /** Appends a list's gaps to {@code target}. */
    void copy(int list, ByteSink target) {
        int at = firstSlice[list];
        int size = FIRST_SLICE;
        while (true) {
            var chunk = chunks[at >>> CHUNK_BITS];
            int start = at & (CHUNK - 1);
            if (writeAt[list] >= at && writeAt[list] <= at + size - LINK) {
                target.putBytes(chunk, start, writeAt[list] - at);
                return;
            }
            target.putBytes(chunk, start, size - LINK);
            at = getLink(at + size - LINK);
            size = Math.min(size * 2, MAX_SLICE);
        }
    }

    long usedBytes() {
        return (long) chunkCount * CHUNK + lists * BYTES_A_LIST;
    }

    long heldBytes() {
        return (long) chunkCount * CHUNK + firstSlice.length * BYTES_A_LIST;
    }

    /** Forgets all lists and keeps one chunk. */
    void clear() {
        lists = 0;
        if (chunkCount > 1) {
            Arrays.fill(chunks, 1, chunkCount, null);
        }
        chunkUsed = chunkCount == 0 ? CHUNK : 0;
        chunkCount = Math.min(chunkCount, 1);
    }

    private void appendByte(int list, int value) {
        int at = writeAt[list];
        if (at == writeEnd[list]) {
            int size = Math.min(2 * sliceSize[list], MAX_SLICE);
            sliceSize[list] = (short) size;
            int next = newSlice(size);
            putLink(at, next);
            writeEnd[list] = next + size - LINK;
            at = next;
        }
        chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)] = (byte) value;
        writeAt[list] = at + 1;
    }

    private int newSlice(int size) {
        if (chunkUsed + size > CHUNK) {
            if (chunkCount == MAX_CHUNKS) {
                throw new StoreException(
                        ErrorCode.TOO_LARGE, "too many rows of words at once: lists=" + lists + "; lower memory-limit");
            }
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunkCount * 2);
            }
            chunks[chunkCount++] = new byte[CHUNK];
            chunkUsed = 0;
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
}
