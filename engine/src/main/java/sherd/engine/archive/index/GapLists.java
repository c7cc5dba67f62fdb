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
    /** Of a list, at {@code list << STATE_BITS}. */
    private static final int STATE_BITS = 2;

    private static final int FIRST_AT = 0;
    private static final int WRITE_AT = 1;
    private static final int WRITE_END = 2;
    private static final int SLICE_SIZE = 3;
    private static final long BYTES_A_LIST = Integer.BYTES << STATE_BITS;
    private static final int MAX_CHUNKS = 1 << (31 - CHUNK_BITS);

    private int[] states = new int[256 << STATE_BITS];
    private int lists;

    private byte[][] chunks = new byte[16][];
    private int chunkCount;
    private int chunkUsed = CHUNK;

    /** A new, empty list. */
    int start() {
        if (lists << STATE_BITS == states.length) {
            states = Arrays.copyOf(states, Math.multiplyExact(states.length, 2));
        }
        restart(lists);
        return lists++;
    }

    /** Empties a list; its bytes stay lost until {@link #clear}. */
    void restart(int list) {
        int slice = newSlice(FIRST_SLICE);
        int state = list << STATE_BITS;
        states[state + FIRST_AT] = slice;
        states[state + WRITE_AT] = slice;
        states[state + WRITE_END] = slice + FIRST_SLICE - LINK;
        states[state + SLICE_SIZE] = FIRST_SLICE;
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
        int at = states[(list << STATE_BITS) + FIRST_AT];
        int end = states[(list << STATE_BITS) + WRITE_AT];
        int size = FIRST_SLICE;
        while (true) {
            var chunk = chunks[at >>> CHUNK_BITS];
            int start = at & (CHUNK - 1);
            if (end >= at && end <= at + size - LINK) {
                target.putBytes(chunk, start, end - at);
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
        return (long) chunkCount * CHUNK + states.length * (long) Integer.BYTES;
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
        int state = list << STATE_BITS;
        int at = states[state + WRITE_AT];
        if (at == states[state + WRITE_END]) {
            int size = Math.min(2 * states[state + SLICE_SIZE], MAX_SLICE);
            states[state + SLICE_SIZE] = size;
            int next = newSlice(size);
            putLink(at, next);
            states[state + WRITE_END] = next + size - LINK;
            at = next;
        }
        chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)] = (byte) value;
        states[state + WRITE_AT] = at + 1;
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
